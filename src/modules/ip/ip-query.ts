import type { Optional } from '../../shared/entity.js';
import { invalid } from '../../shared/errors/domain-error.js';
import { containsAll } from '../../shared/contains-all.js';
import { parseAddressFamily } from '../../shared/net/family.js';
import { quoteText } from '../../shared/text.js';
import { canonicalAddress, machineTag, type IpAddress } from './ip.js';
import type { IpIndex } from './ip.table.js';

/** All given fields must match (docs/reference/ip-addresses.md#find-addresses); `""` is a value like any other. */
export type IpQuery = Optional<{
  readonly address: string;
  readonly allocationUuid: string;
  readonly name: string;
  readonly projectId: string;
  readonly networkId: string;
  readonly type: string;
  /** The prefix that the address was allocated from. */
  readonly prefix: string;
  /** The address must have all of these tags; whole tags are compared. */
  readonly tags: readonly string[];
  readonly machineId: string;
  readonly addressFamily: string;
}>;

/** Returns the predicate of a query. Throws `invalid` for an unknown address family. */
export function ipFilter(query: IpQuery): (ip: IpAddress) => boolean {
  const { address, tags = [], machineId, addressFamily, ...exact } = query;
  const wanted = Object.entries(exact).filter(([, value]) => value !== undefined) as [keyof IpAddress, string][];
  const id = address === undefined ? undefined : canonicalAddress(address);
  const all = machineId === undefined ? tags : [...tags, machineTag(machineId)];
  const hasTags = containsAll(all);
  const family = addressFamily ? parseAddressFamily(addressFamily) : undefined;
  if (addressFamily && !family)
    throw invalid(`addressfamily is ${quoteText(addressFamily, 60)}, expected IPv4 or IPv6`);
  return (ip) =>
    (id === undefined || canonicalAddress(ip.id) === id) &&
    wanted.every(([field, value]) => ip[field] === value) &&
    hasTags(ip.tags) &&
    (!family || (family === 'IPv6') === ip.id.includes(':'));
}

/** The index entry with the fewest candidates for a query, chosen without scanning all addresses. */
export function bestIndex(query: IpQuery): { index: IpIndex; key: string } | undefined {
  if (query.allocationUuid !== undefined) return { index: 'uuid', key: query.allocationUuid };
  if (query.machineId !== undefined) return { index: 'tag', key: machineTag(query.machineId) };
  if (query.tags?.[0] !== undefined) return { index: 'tag', key: query.tags[0] };
  if (query.projectId !== undefined) return { index: 'project', key: query.projectId };
  return query.networkId === undefined ? undefined : { index: 'network', key: query.networkId };
}
