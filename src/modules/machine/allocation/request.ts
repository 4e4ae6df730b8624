import type { AllocationRole } from '../machine.js';

/** A rule of a firewall request as received; `checkFirewallRules` converts it to the stored form. */
export interface FirewallRuleRequest {
  readonly protocol?: string | undefined;
  readonly ports: readonly number[];
  readonly to: readonly string[];
  readonly from: readonly string[];
  readonly comment?: string | undefined;
}

/**
 * An allocation request (docs/reference/machine-allocation.md#request-fields). Fields that are absent or null on the
 * wire are undefined or empty here.
 */
export interface AllocationRequest {
  readonly role: AllocationRole;
  /** Allocate exactly this machine; partition and size are then the machine's. */
  readonly uuid: string | undefined;
  readonly name: string;
  readonly description: string;
  readonly hostname: string;
  readonly projectId: string;
  readonly partitionId: string;
  readonly sizeId: string;
  /** Full ID, or a shorthand without patch version. */
  readonly imageId: string;
  readonly filesystemLayoutId: string | undefined;
  readonly sshPubKeys: readonly string[];
  readonly userData: string;
  readonly tags: readonly string[];
  readonly networks: readonly { readonly networkId: string; readonly autoAcquire: boolean }[];
  /** Existing addresses to attach. */
  readonly ips: readonly string[];
  /** Anti-affinity: keeps machines of the project that share one of these tags apart. Not stored. */
  readonly placementTags: readonly string[];
  readonly dnsServers: readonly string[];
  readonly ntpServers: readonly string[];
  readonly firewallRules: {
    readonly egress: readonly FirewallRuleRequest[];
    readonly ingress: readonly FirewallRuleRequest[];
  };
  /** Legacy clients may request a redundant pair of firewalls, which has never been supported. */
  readonly asPair?: boolean;
  /** E-mail address or name of the caller. */
  readonly creator: string;
}
