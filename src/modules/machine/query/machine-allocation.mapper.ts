import { toLayoutResponse } from '../../filesystem-layout/filesystem-layout.mapper.js';
import type { Image } from '../../image/image.js';
import { toImageResponse } from '../../image/image.mapper.js';
import { isPrivate } from '../../network/machine-networks.js';
import type { MachineNetwork } from '../../network/machine-networks.js';
import type { FirewallEgressRule, FirewallIngressRule, FirewallRules } from './firewall-rules.dto.js';
import type { BootInfoDto, MachineAllocationDto, MachineNetworkDto } from './machine-allocation.dto.js';
import type { BootInfo, FirewallRule, MachineAllocation } from '../machine.js';

/** `image` is the allocation's image, if it still exists. The console password is not part of the response. */
export const toAllocationResponse = (
  allocation: MachineAllocation,
  image: Image | undefined,
): MachineAllocationDto => ({
  allocationuuid: allocation.uuid,
  role: allocation.role,
  creator: allocation.creator,
  created: allocation.created,
  name: allocation.name,
  description: allocation.description || undefined,
  project: allocation.project,
  hostname: allocation.hostname,
  image: image ? toImageResponse(image, []) : null,
  filesystemlayout: allocation.filesystemLayout ? toLayoutResponse(allocation.filesystemLayout) : null,
  networks: allocation.networks.map(toMachineNetworkResponse),
  ssh_pub_keys: allocation.sshPubKeys,
  user_data: allocation.userData || undefined,
  succeeded: false,
  reinstall: allocation.reinstall,
  boot_info: allocation.bootInfo ? toBootInfoResponse(allocation.bootInfo) : null,
  vpn: allocation.vpn ? vpn(allocation.vpn) : null,
  firewall_rules: firewallRules(allocation),
  dns_servers: unlessEmpty(allocation.dnsServers.map((ip) => ({ ip }))),
  ntp_servers: unlessEmpty(allocation.ntpServers.map((address) => ({ address }))),
});

/** Whether a response contains user data or a VPN key. */
export const holdsSecrets = ({ user_data, vpn }: MachineAllocationDto): boolean => !!user_data || !!vpn?.auth_key;

/** Returns the response with user data and VPN key replaced by `""`; absent fields stay absent. */
export const withoutSecrets = (answer: MachineAllocationDto): MachineAllocationDto => ({
  ...answer,
  user_data: answer.user_data && '',
  vpn: answer.vpn && { ...answer.vpn, auth_key: '' },
});

export const toBootInfoResponse = (info: BootInfo): BootInfoDto => ({
  image_id: info.imageId,
  primary_disk: info.primaryDisk,
  os_partition: info.osPartition,
  initrd: info.initrd,
  cmdline: info.cmdline,
  kernel: info.kernel,
  bootloaderid: info.bootloaderId,
});

const toMachineNetworkResponse = (network: MachineNetwork): MachineNetworkDto => ({
  networkid: network.networkId,
  prefixes: network.prefixes,
  ips: network.ips,
  destinationprefixes: network.destinationPrefixes,
  networktype: network.type,
  vrf: network.vrf,
  asn: network.asn,
  nat: network.nat,
  private: isPrivate(network.type),
  underlay: network.type === 'underlay',
  projectid: network.projectId ?? '',
  networktypev2: network.networkType,
  nattypev2: network.natType,
});

const vpn = ({ address, authKey, connected }: NonNullable<MachineAllocation['vpn']>) => ({
  address,
  auth_key: authKey,
  connected,
});

function firewallRules({ role, firewallRules: rules }: MachineAllocation): FirewallRules | undefined {
  if (role !== 'firewall' || !rules) return undefined;
  return { egress: unlessEmpty(rules.egress.map(egressRule)), ingress: unlessEmpty(rules.ingress.map(ingressRule)) };
}

const egressRule = ({ protocol, ports, to, comment }: FirewallRule): FirewallEgressRule => ({
  protocol,
  ports,
  to,
  comment: comment || undefined,
});

const ingressRule = ({ protocol, ports, to, from = [], comment }: FirewallRule): FirewallIngressRule => ({
  protocol,
  ports,
  to: unlessEmpty(to),
  from,
  comment: comment || undefined,
});

const unlessEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);
