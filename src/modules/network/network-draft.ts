import { invalid, malformed } from '../../shared/errors/domain-error.js';
import { parseAddressFamily } from '../../shared/net/family.js';
import { quoted } from '../../shared/text.js';
import type { ChildRequest } from '../ipam/ipam.js';
import { familiesOf, type ChildPrefixLengths, type Network } from './network.js';
import {
  checkChildLengths,
  checkDestinations,
  readLengths,
  readPrefixes,
  type RequestedLengths,
} from './network-rules.js';

/** What an administrator asks for (PUT /v1/network). */
export interface NetworkSpec {
  /** Absent or `""`: the server chooses. */
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  /** Unlike absence, `""` is looked up, and not found. */
  readonly partitionId?: string;
  readonly projectId?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly prefixes?: readonly string[];
  readonly destinationPrefixes?: readonly string[];
  readonly defaultChildPrefixLength?: RequestedLengths;
  readonly additionalAnnouncableCidrs?: readonly string[];
  readonly privateSuper?: boolean;
  readonly underlay?: boolean;
  readonly nat?: boolean;
  /** Absent or 0: none. */
  readonly vrf?: number;
  /** The VRF may be in use by other networks. */
  readonly vrfShared?: boolean;
}

/** What a user asks for (POST /v1/network/allocate). */
export interface ChildSpec {
  readonly name?: string;
  readonly description?: string;
  readonly partitionId?: string;
  readonly projectId?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly shared?: boolean;
  readonly nat?: boolean;
  readonly destinationPrefixes?: readonly string[];
  readonly lengths?: RequestedLengths;
  readonly addressFamily?: string;
}

/** The part of a network that its creator decides. */
export type NetworkDraft = Omit<Network, 'revision' | 'id' | 'created' | 'changed' | 'status' | 'deadline' | 'vrf'>;

/** Family lengths of a super network whose creator, a client of 2021, does not know of them (reference/20 §2.5). */
const legacyLengths = (prefixes: readonly string[], ipv4: number): ChildPrefixLengths =>
  Object.fromEntries(familiesOf(prefixes).map((family) => [family, family === 'IPv4' ? ipv4 : 64]));

/**
 * The network that a request describes, checked in itself (reference/20 §2.2 steps 3 to 8): throws `malformed`.
 * `partitionLength` is what the partition was once told to use for children.
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
  if (privateSuper && underlay) throw malformed('a network cannot be private super network and underlay at once');
  return {
    name: spec.name ?? '',
    description: spec.description ?? '',
    prefixes,
    destinationPrefixes,
    defaultChildPrefixLength: privateSuper ? lengths : {},
    partitionId: spec.partitionId ?? '',
    projectId: spec.projectId ?? '',
    parentNetworkId: '',
    labels: spec.labels ?? {},
    additionalAnnouncableCidrs: readPrefixes('additionalAnnouncableCIDRs', announcable, 'malformed'),
    privateSuper,
    underlay,
    shared: false,
    nat,
  };
}

/** NAT makes no sense for networks that no one reaches the outside through (reference/20 §2.2 step 12): `malformed`. */
export function checkNat({ nat, privateSuper, underlay }: NetworkDraft): void {
  if (nat && (privateSuper || underlay))
    throw malformed('nat is not possible for a private super network or an underlay');
}

/** The child network that a request describes; its prefixes come later. Throws `malformed`. */
export function draftChild(spec: ChildSpec, parent: Network): NetworkDraft {
  return {
    name: spec.name ?? '',
    description: spec.description ?? '',
    prefixes: [],
    destinationPrefixes: readPrefixes('destinationprefixes', spec.destinationPrefixes ?? [], 'malformed'),
    defaultChildPrefixLength: undefined,
    partitionId: parent.partitionId,
    projectId: spec.projectId ?? '',
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
 * One prefix per address family, IPv4 first because clients take the first as node network; or of the one family asked
 * for (reference/20 §2.5 steps 4 to 6). Throws `malformed`, and `invalid` for a parent without lengths, which only imported
 * ones can be (docs/adr/0013).
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
  if (!family) throw malformed(`addressfamily is ${quoted(spec.addressFamily, 60)}, expected IPv4 or IPv6`);
  const wanted = all.filter((request) => request.family === family);
  if (wanted.length === 0)
    throw malformed(`addressfamily is ${family}, but super network "${parent.id}" gives no ${family} child prefixes`);
  return wanted;
}
