import type { MachineNetworkAnswer } from './answers.js';

/**
 * How a firewall uses the networks of the API response: the table of
 * docs/reference/private-shared-networks.md#routing-on-the-firewall, and its NAT rules.
 */
export interface FirewallConfiguration {
  /** The prefixes that each VRF imports, by source VRF. */
  readonly imports: Readonly<Record<number, Readonly<Record<number, readonly string[]>>>>;
  /** The prefixes that are masqueraded on egress, by VRF. */
  readonly masquerades: Readonly<Record<number, readonly string[]>>;
}

const isPrimary = ({ networktype }: MachineNetworkAnswer): boolean => networktype.startsWith('privateprimary');

/** Derives routes and masquerading from the machine networks alone, like the configurator on the firewall. */
export function configure(networks: readonly MachineNetworkAnswer[]): FirewallConfiguration {
  const primary = networks.find(isPrimary);
  if (!primary) throw new Error('no primary network');
  const shared = networks.filter(({ networktype }) => networktype === 'privatesecondaryshared');
  const external = networks.filter(({ networktype }) => networktype === 'external');
  const toPrimary = [
    ...external.map(({ vrf, destinationprefixes }) => [vrf, destinationprefixes] as const),
    ...shared.map(({ vrf, prefixes }) => [vrf, prefixes] as const),
  ];
  const fromPrimary = [...shared, ...external].map(
    ({ vrf, prefixes }) => [vrf, { [primary.vrf]: [...primary.prefixes, ...prefixes] }] as const,
  );
  const masquerading = [primary, ...shared, ...external].filter(({ nat }) => nat);
  return {
    imports: { [primary.vrf]: Object.fromEntries(toPrimary), ...Object.fromEntries(fromPrimary) },
    masquerades: Object.fromEntries(masquerading.map(({ vrf }) => [vrf, primary.prefixes])),
  };
}
