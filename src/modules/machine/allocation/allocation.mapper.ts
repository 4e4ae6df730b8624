import { unmappedText } from '../../../shared/net/ip.js';
import type { FirewallEgressRule, FirewallIngressRule } from '../query/firewall-rules.dto.js';
import type { AllocationRole } from '../machine.js';
import type { FirewallCreateRequest, MachineAllocateRequest } from './allocation.dto.js';
import type { AllocationRequest, FirewallRuleRequest } from './request.js';

/** Maps a machine request to the domain; `creator` is the caller's account. */
export const toMachineRequest = (body: MachineAllocateRequest, creator: string): AllocationRequest =>
  toRequest(body, 'machine', creator);

/** Maps a firewall request to the domain; `creator` is the caller's account. */
export const toFirewallRequest = (body: FirewallCreateRequest, creator: string): AllocationRequest => ({
  ...toRequest(body, 'firewall', creator),
  asPair: body.ha ?? false,
  firewallRules: {
    egress: (body.firewall_rules?.egress ?? []).map(toRule),
    ingress: (body.firewall_rules?.ingress ?? []).map(toRule),
  },
});

function toRequest(body: MachineAllocateRequest, role: AllocationRole, creator: string): AllocationRequest {
  return {
    role,
    uuid: body.uuid || undefined,
    name: body.name ?? '',
    description: body.description ?? '',
    hostname: body.hostname ?? '',
    projectId: body.projectid ?? '',
    partitionId: body.partitionid ?? '',
    sizeId: body.sizeid ?? '',
    imageId: body.imageid ?? '',
    filesystemLayoutId: body.filesystemlayoutid || undefined,
    sshPubKeys: body.ssh_pub_keys ?? [],
    userData: body.user_data ?? '',
    tags: body.tags ?? [],
    networks: (body.networks ?? []).map(({ networkid = '', autoacquire = true }) => ({
      networkId: networkid,
      autoAcquire: autoacquire,
    })),
    ips: body.ips ?? [],
    placementTags: body.placement_tags ?? [],
    dnsServers: (body.dns_servers ?? []).map(({ ip }) => unmappedText(ip ?? '')),
    ntpServers: (body.ntp_servers ?? []).map(({ address }) => unmappedText(address ?? '')),
    firewallRules: { egress: [], ingress: [] },
    creator,
  };
}

const toRule = (rule: FirewallEgressRule | FirewallIngressRule): FirewallRuleRequest => ({
  protocol: rule.protocol,
  ports: rule.ports ?? [],
  to: rule.to ?? [],
  from: 'from' in rule ? (rule.from ?? []) : [],
  comment: rule.comment,
});
