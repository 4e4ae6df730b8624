import { entityResponse } from '../../platform/http/wire/entity.js';
import { withCachedJson } from '../../platform/http/wire/json.js';
import { memoizeByIdentity } from '../../shared/memoize-by-identity.js';
import { NO_USAGE, type Usage } from '../ipam/ipam.js';
import { natTypeOf, networkTypeOf, type Network } from './network.js';
import type { NetworkChange } from './network-change.js';
import type {
  NetworkAllocateRequest,
  NetworkCreateRequest,
  NetworkFindRequest,
  NetworkResponse,
  NetworkUpdateRequest,
  NetworkUsage,
} from './network.dto.js';
import type { ChildSpec, NetworkSpec } from './network-draft.js';
import type { NetworkQuery } from './network-query.js';
import type { Consumption } from './network-consumption.js';

/**
 * `shared`, `parentnetworkid`, `networktype` and `nattype` of a request have no effect
 * (docs/reference/networks.md#create-a-network).
 */
export const toNetworkSpec = (body: NetworkCreateRequest): NetworkSpec => ({
  id: body.id,
  name: body.name,
  description: body.description,
  partitionId: body.partitionid,
  projectId: body.projectid,
  labels: body.labels,
  prefixes: body.prefixes,
  destinationPrefixes: body.destinationprefixes,
  defaultChildPrefixLength: body.defaultchildprefixlength ?? undefined,
  additionalAnnouncableCidrs: body.additionalAnnouncableCIDRs,
  privateSuper: body.privatesuper,
  underlay: body.underlay,
  nat: body.nat,
  vrf: body.vrf,
  vrfShared: body.vrfshared ?? undefined,
});

export const toChildSpec = (body: NetworkAllocateRequest): ChildSpec => ({
  name: body.name,
  description: body.description,
  partitionId: body.partitionid,
  projectId: body.projectid,
  labels: body.labels,
  shared: body.shared,
  nat: body.nat,
  destinationPrefixes: body.destinationprefixes,
  lengths: body.length,
  addressFamily: body.addressfamily,
});

export const toNetworkChange = (body: NetworkUpdateRequest): NetworkChange => ({
  name: body.name,
  description: body.description,
  labels: body.labels,
  shared: body.shared,
  prefixes: body.prefixes,
  destinationPrefixes: body.destinationprefixes,
  defaultChildPrefixLength: body.defaultchildprefixlength,
  additionalAnnouncableCidrs: body.additionalAnnouncableCIDRs,
});

export const toNetworkQuery = (body: NetworkFindRequest): NetworkQuery => ({
  id: body.id,
  name: body.name,
  partitionId: body.partitionid,
  projectId: body.projectid,
  parentNetworkId: body.parentnetworkid,
  prefixes: body.prefixes,
  destinationPrefixes: body.destinationprefixes,
  nat: body.nat,
  privateSuper: body.privatesuper,
  underlay: body.underlay,
  vrf: body.vrf,
  labels: body.labels,
  addressFamily: body.addressfamily,
});

/**
 * Without consumption (of a network that is gone) clients see zeros (docs/reference/networks.md#usage). Memoized by
 * both arguments: do not modify the result.
 */
export const toNetworkResponse = (network: Network, consumption: Consumption = NO_CONSUMPTION): NetworkResponse =>
  networkResponse(network, consumption);

const NO_CONSUMPTION: Consumption = {};

const networkResponse = memoizeByIdentity((network: Network, { IPv4, IPv6 }: Consumption): NetworkResponse => {
  const announcable = network.additionalAnnouncableCidrs;
  return withCachedJson({
    ...entityResponse(network),
    partitionid: network.partitionId ?? '',
    projectid: network.projectId ?? '',
    labels: network.labels,
    shared: network.shared,
    prefixes: network.prefixes,
    destinationprefixes: network.destinationPrefixes,
    defaultchildprefixlength: network.defaultChildPrefixLength ?? null,
    nat: network.nat,
    privatesuper: network.privateSuper,
    underlay: network.underlay,
    vrf: network.vrf,
    vrfshared: null,
    parentnetworkid: network.parentNetworkId ?? null,
    ...(announcable.length > 0 && { additionalAnnouncableCIDRs: announcable }),
    networktype: networkTypeOf(network),
    nattype: natTypeOf(network),
    usage: toUsage(IPv4 ?? NO_USAGE),
    consumption: { ipv4: IPv4 ? toUsage(IPv4) : null, ipv6: IPv6 ? toUsage(IPv6) : null },
  });
});

const toUsage = (usage: Usage): NetworkUsage => ({
  available_ips: usage.availableIps,
  used_ips: usage.usedIps,
  available_prefixes: usage.availablePrefixes,
  used_prefixes: usage.usedPrefixes,
});
