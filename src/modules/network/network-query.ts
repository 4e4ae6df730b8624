import { invalid, malformed } from '../../shared/errors/domain-error.js';
import type { Optional } from '../../shared/entity.js';
import { containsAll } from '../../shared/contains-all.js';
import { parseAddressFamily } from '../../shared/net/family.js';
import { Prefix } from '../../shared/net/prefix.js';
import { quoteText } from '../../shared/text.js';
import { familiesOf, type Network } from './network.js';

type ExactField =
  'id' | 'name' | 'partitionId' | 'projectId' | 'parentNetworkId' | 'nat' | 'privateSuper' | 'underlay' | 'vrf';

/**
 * All given fields must match (docs/reference/networks.md#find-networks); `""` and `false` are values like any other.
 */
export type NetworkQuery = Optional<
  Pick<Network, ExactField> & {
    /** The network must have each of these labels with exactly this value. */
    readonly labels: Readonly<Record<string, string>>;
    /** The network must have each of these prefixes, with equal address and length; containment does not count. */
    readonly prefixes: readonly string[];
    readonly destinationPrefixes: readonly string[];
    readonly addressFamily: string;
  }
>;

/**
 * Returns the predicate of a query. Throws `malformed` for an invalid prefix and `invalid` for an unknown address
 * family.
 */
export function networkFilter(query: NetworkQuery): (network: Network) => boolean {
  const { labels = {}, prefixes = [], destinationPrefixes = [], addressFamily, ...exact } = query;
  const wanted = Object.entries(exact).filter(([, value]) => value !== undefined) as [ExactField, unknown][];
  const wantedLabels = Object.entries(labels);
  const hasPrefixes = containsAll(prefixes.map(canonical));
  const hasDestinations = containsAll(destinationPrefixes.map(canonical));
  const family = addressFamily ? parseAddressFamily(addressFamily) : undefined;
  if (addressFamily && !family)
    throw invalid(`addressfamily is ${quoteText(addressFamily, 60)}, expected IPv4 or IPv6`);
  return (network) =>
    wanted.every(([field, value]) => (network[field] ?? '') === value) &&
    wantedLabels.every(([key, value]) => Object.hasOwn(network.labels, key) && network.labels[key] === value) &&
    hasPrefixes(network.prefixes) &&
    hasDestinations(network.destinationPrefixes) &&
    (!family || familiesOf(network.prefixes).includes(family));
}

function canonical(text: string): string {
  const problem = Prefix.problem(text);
  if (problem) throw malformed(problem);
  return Prefix.parse(text).toString();
}
