import type { Optional } from '../../shared/entity.js';
import { invalid, malformed } from '../../shared/errors/domain-error.js';
import { parseAddressFamily } from '../../shared/net/family.js';
import { quoteText } from '../../shared/text.js';
import type { ChildRequest } from '../ipam/ipam.js';
import { familiesOf, type ChildPrefixLengths, type Network } from './network.js';
import {
  checkChildLengths,
  checkDestinations,
  readLengths,
  readPrefixes,
  type RequestedLengths,
} from './network-rules.js';

/** Request of an administrator to create a network (PUT /v1/network). */
export type NetworkSpec = Optional<{
  /** If absent or `""`, the server generates one. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** `""` is not the same as absent: it is looked up and not found. */
  readonly partitionId: string;
  readonly projectId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly prefixes: readonly string[];
  readonly destinationPrefixes: readonly string[];
  readonly defaultChildPrefixLength: RequestedLengths;
  readonly additionalAnnouncableCidrs: readonly string[];
  readonly privateSuper: boolean;
  readonly underlay: boolean;
  readonly nat: boolean;
  /** Absent or 0: no VRF. */
  readonly vrf: number;
  /** The VRF may be in use by other networks. */
  readonly vrfShared: boolean;
}>;

/** Request of a user to allocate a child network (POST /v1/network/allocate). */
export type ChildSpec = Optional<{
  readonly name: string;
  readonly description: string;
  readonly partitionId: string;
  readonly projectId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly shared: boolean;
  readonly nat: boolean;
  readonly destinationPrefixes: readonly string[];
  readonly lengths: RequestedLengths;
  readonly addressFamily: string;
}>;

/** The fields of a network that its creator determines. */
export type NetworkDraft = Omit<Network, 'revision' | 'id' | 'created' | 'changed' | 'status' | 'deadline' | 'vrf'>;

/**
 * Child prefix lengths per family for a super network created by a legacy client, which does not send them
 * (docs/reference/networks.md#allocate-a-child-network).
 */
const legacyLengths = (prefixes: readonly string[], ipv4: number): ChildPrefixLengths =>
  Object.fromEntries(familiesOf(prefixes).map((family) => [family, family === 'IPv4' ? ipv4 : 64]));

/**
 * Builds the network that a request describes and validates the request on its own
 * (docs/reference/networks.md#create-a-network steps 3 to 8). `partitionLength` is the child prefix length stored with
 * the partition. Throws `malformed`.
 */
export function draftNetwork(spec: NetworkSpec, partitionLength: number | undefined): NetworkDraft {
  const { privateSuper = false, underlay = false, nat = false } = spec;
  if (!spec.prefixes?.length) throw malformed('prefixes must not be empty');
  if (!privateSuper && spec.defaultChildPrefixLength !== undefined)
    throw malformed('defaultchildprefixlength may only be given for a private super network (privatesuper)');
  const given = readLengths('defaultchildprefixlength', spec.defaultChildPrefixLength ?? {}, 'malformed');
  const prefixes = readPrefixes('prefixes', spec.prefixes, 'malformed');
  const destinationPrefixes = readPrefixes('destinationprefixes', spec.destinationPrefixes ?? [], 'malformed');
  checkDestinations(prefixes, destinationPrefixes);
  const absent = Object.keys(given).length === 0;
  const lengths = absent && partitionLength !== undefined ? legacyLengths(prefixes, partitionLength) : given;
  if (privateSuper) checkChildLengths(prefixes, lengths, 'malformed');
  const announcable = spec.additionalAnnouncableCidrs ?? [];
  if (!privateSuper && announcable.length > 0)
    throw malformed('additionalAnnouncableCIDRs may only be given for a private super network (privatesuper)');
  if (privateSuper && underlay) throw malformed('a network cannot be both a private super network and an underlay');
  return {
    name: spec.name ?? '',
    description: spec.description ?? '',
    prefixes,
    destinationPrefixes,
    defaultChildPrefixLength: privateSuper ? lengths : {},
    partitionId: spec.partitionId,
    projectId: spec.projectId || undefined,
    parentNetworkId: undefined,
    labels: spec.labels ?? {},
    additionalAnnouncableCidrs: readPrefixes('additionalAnnouncableCIDRs', announcable, 'malformed'),
    privateSuper,
    underlay,
    shared: false,
    nat,
  };
}

/**
 * Rejects NAT on networks that give no access to the outside (docs/reference/networks.md#create-a-network step 12).
 * Throws `malformed`.
 */
export function checkNat({ nat, privateSuper, underlay }: NetworkDraft): void {
  if (nat && (privateSuper || underlay))
    throw malformed('nat is not supported for a private super network or an underlay');
}

/**
 * Builds the child network that a request describes, without prefixes, which are acquired later. Throws `malformed`.
 */
export function draftChild(spec: ChildSpec, parent: Network): NetworkDraft {
  return {
    name: spec.name ?? '',
    description: spec.description ?? '',
    prefixes: [],
    destinationPrefixes: readPrefixes('destinationprefixes', spec.destinationPrefixes ?? [], 'malformed'),
    defaultChildPrefixLength: undefined,
    partitionId: parent.partitionId,
    projectId: spec.projectId || undefined,
    parentNetworkId: parent.id,
    labels: spec.labels ?? {},
    additionalAnnouncableCidrs: [],
    privateSuper: false,
    underlay: false,
    shared: spec.shared ?? false,
    nat: spec.nat ?? false,
  };
}

/**
 * Returns one request per address family, IPv4 first because clients take the first prefix as node network; or only for
 * the requested family (docs/reference/networks.md#allocate-a-child-network steps 4 to 6). Throws `malformed`, and
 * `invalid` for a parent without lengths, which can only be an imported one (docs/adr/0013).
 */
export function childRequests(spec: ChildSpec, parent: Network): ChildRequest[] {
  const defaults = parent.defaultChildPrefixLength ?? {};
  if (Object.keys(defaults).length === 0)
    throw invalid(`super network "${parent.id}" has no default child prefix lengths`);
  const lengths: ChildPrefixLengths = { ...defaults, ...readLengths('length', spec.lengths ?? {}, 'malformed') };
  const all = (['IPv4', 'IPv6'] as const).flatMap((family) => {
    const bits = lengths[family];
    return bits === undefined ? [] : [{ family, bits, from: parent.prefixes }];
  });
  if (!spec.addressFamily) return all;
  const family = parseAddressFamily(spec.addressFamily);
  if (!family) throw malformed(`addressfamily is ${quoteText(spec.addressFamily, 60)}, expected IPv4 or IPv6`);
  const wanted = all.filter((request) => request.family === family);
  if (wanted.length === 0)
    throw malformed(`addressfamily is ${family}, but super network "${parent.id}" has no ${family} child prefixes`);
  return wanted;
}
