import { invalid, malformed } from '../../shared/errors/domain-error.js';
import type { Optional } from '../../shared/entity.js';
import { containsAll } from '../../shared/contains-all.js';
import { parseAddressFamily } from '../../shared/net/family.js';
import { Prefix } from '../../shared/net/prefix.js';
import { familiesOf, type Network } from './network.js';

type ExactField =
  'id' | 'name' | 'partitionId' | 'projectId' | 'parentNetworkId' | 'nat' | 'privateSuper' | 'underlay' | 'vrf';

/** Every given field must match (reference/20 §2.7); `""` and `false` are values like others. */
export interface NetworkQuery extends Optional<Pick<Network, ExactField>> {
  /** Each must be there with exactly this value. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The network has each of these, address and length; no search by containment. */
  readonly prefixes?: readonly string[];
  readonly destinationPrefixes?: readonly string[];
  readonly addressFamily?: string;
}

/** The test that a query stands for. Throws `malformed` for a prefix and `invalid` for a family that is none. */
export function networkFilter(query: NetworkQuery): (network: Network) => boolean {
  const { labels = {}, prefixes = [], destinationPrefixes = [], addressFamily, ...exact } = query;
  const wanted = Object.entries(exact).filter(([, value]) => value !== undefined) as [ExactField, unknown][];
  const wantedLabels = Object.entries(labels);
  const hasPrefixes = containsAll(prefixes.map(canonical));
  const hasDestinations = containsAll(destinationPrefixes.map(canonical));
  const family = addressFamily ? parseAddressFamily(addressFamily) : undefined;
  if (addressFamily && !family) throw invalid(`addressfamily: "${addressFamily}" is none, expected IPv4 or IPv6`);
  return (network) =>
    wanted.every(([field, value]) => network[field] === value) &&
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
