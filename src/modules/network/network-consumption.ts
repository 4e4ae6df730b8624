import { memoizeByIdentity } from '../../shared/memoize-by-identity.js';
import type { AddressFamily } from '../../shared/net/family.js';
import { NO_USAGE, sumUsage, usageOf, type ChildLedger, type Usage } from '../ipam/ipam.js';
import { familiesOf, prefixesOf, type Network } from './network.js';

/** Usage for each address family that the network has prefixes of. */
export type Consumption = Readonly<Partial<Record<AddressFamily, Usage>>>;

/**
 * `acquired`: number of allocated addresses of each prefix of the network. Returns an identical object until an argument
 * changes.
 */
export const consumptionOf = memoizeByIdentity(
  (network: Network, ledger: ChildLedger | undefined, ...acquired: readonly number[]): Consumption => {
    const usages = new Map(network.prefixes.map((text, index) => [text, usageOf(text, acquired[index] ?? 0, ledger)]));
    const sumOf = (family: AddressFamily): Usage =>
      prefixesOf(network.prefixes, family)
        .map((prefix) => usages.get(prefix) ?? NO_USAGE)
        .reduce(sumUsage, NO_USAGE);
    return Object.fromEntries(familiesOf(network.prefixes).map((family) => [family, sumOf(family)]));
  },
);
