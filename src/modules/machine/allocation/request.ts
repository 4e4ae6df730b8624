import type { Role } from '../machine.js';

/** A rule of a firewall request as it came; `checkFirewallRules` turns it into the stored form. */
export interface FirewallRuleRequest {
  readonly protocol?: string;
  readonly ports: readonly number[];
  readonly to: readonly string[];
  readonly from: readonly string[];
  readonly comment?: string;
}

/** What a caller wants (reference/10 §3.1). Absent and null fields of the wire are undefined or empty here. */
export interface AllocationRequest {
  readonly role: Role;
  /** Exactly this machine; partition and size are then the machine's. */
  readonly uuid: string | undefined;
  readonly name: string;
  readonly description: string;
  readonly hostname: string;
  readonly projectId: string;
  readonly partitionId: string;
  readonly sizeId: string;
  /** Full id, or a shorthand without patch. */
  readonly imageId: string;
  readonly filesystemLayoutId: string | undefined;
  readonly sshPubKeys: readonly string[];
  readonly userData: string;
  readonly tags: readonly string[];
  readonly networks: readonly { readonly networkId: string; readonly autoAcquire: boolean }[];
  /** Addresses that exist already and are to be attached. */
  readonly ips: readonly string[];
  /** Anti-affinity: machines of the project with one of these tags are kept apart. Not stored. */
  readonly placementTags: readonly string[];
  readonly dnsServers: readonly string[];
  readonly ntpServers: readonly string[];
  readonly firewallRules: {
    readonly egress: readonly FirewallRuleRequest[];
    readonly ingress: readonly FirewallRuleRequest[];
  };
  /** Clients of 2021 may ask for two firewalls that stand in for each other; there never were any. */
  readonly asPair?: boolean;
  /** E-mail or name of the caller. */
  readonly creator: string;
}
