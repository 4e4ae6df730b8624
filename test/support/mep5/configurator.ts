import type { MachineNetworkAnswer } from './answers.js';

/** What a firewall does with the networks that the API told it: the table of reference/20 §10.5, and its NAT rules. */
export interface FirewallConfiguration {
  /** By VRF: from which other VRF it imports which prefixes. */
  readonly imports: Readonly<Record<number, Readonly<Record<number, readonly string[]>>>>;
  /** By VRF: which prefixes are masqueraded on the way out. */
  readonly masquerades: Readonly<Record<number, readonly string[]>>;
}

const isPrimary = ({ networktype }: MachineNetworkAnswer): boolean => networktype.startsWith('privateprimary');

/** Derives routes and masquerading as the configurator on the firewall does, from nothing but its machine networks. */
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
