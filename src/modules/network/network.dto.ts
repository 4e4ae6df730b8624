import { EntityRequest } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';

const FAMILIES = ['IPv4', 'IPv6'];
const CIDRS = 'CIDRs that are added, like the network prefixes, to the route maps of each private network of a tenant';

/** Only in the API document, for generated clients. */
@WireModel('v1.NetworkBase')
export class NetworkBase {
  @Field('string', { doc: 'the partition this network belongs to' })
  partitionid?: string;

  @Field('string', { doc: 'the ID of the project this network belongs to; empty if it is globally available' })
  projectid?: string;

  @Field('string', { map: true, doc: 'arbitrary labels of this network' })
  labels?: Record<string, string>;

  @Field('boolean', { doc: 'marks a network as shareable' })
  shared?: boolean;
}

/** The immutable fields of a network, according to clients of the first version. */
@WireModel('v1.NetworkImmutable')
export class NetworkImmutable {
  @Field('string', { array: true, required: true, doc: 'the prefixes of this network' })
  prefixes?: readonly string[];

  @Field('string', { array: true, required: true, doc: 'the destination prefixes of this network' })
  destinationprefixes?: readonly string[];

  @Field('int', { map: true, doc: 'default child prefix length by address family, for private super networks' })
  defaultchildprefixlength?: Readonly<Record<string, number>> | null;

  @Field('boolean', { required: true, doc: 'whether packets leaving this network are masqueraded' })
  nat?: boolean;

  @Field('boolean', { required: true, doc: 'whether child networks are allocated from this network' })
  privatesuper?: boolean;

  @Field('boolean', { required: true, doc: 'whether this network connects firewalls to the fabric' })
  underlay?: boolean;

  @Field('uint64', { doc: 'the VRF of this network' })
  vrf?: number;

  @Field('boolean', { doc: 'whether several networks may use the given VRF' })
  vrfshared?: boolean | null;

  @Field('string', { doc: 'the ID of the super network that this network was allocated from' })
  parentnetworkid?: string | null;

  @Field('string', { array: true, doc: CIDRS })
  additionalAnnouncableCIDRs?: readonly string[];

  @Field('string', { required: true, doc: 'the network type; set by the server' })
  networktype?: string;

  @Field('string', { required: true, doc: 'the NAT type; set by the server' })
  nattype?: string;
}

@WireModel('v1.NetworkCreateRequest')
export class NetworkCreateRequest extends NetworkImmutable {
  @Field('string', { required: true, doc: 'unique ID; generated if empty' })
  id?: string;

  @Field('string', { doc: 'human-readable name' })
  name?: string;

  @Field('string', { doc: 'description' })
  description?: string;

  @Field('string', { doc: 'the partition this network belongs to' })
  partitionid?: string;

  @Field('string', { doc: 'the ID of the project this network belongs to; empty if it is globally available' })
  projectid?: string;

  @Field('string', { map: true, doc: 'arbitrary labels of this network' })
  labels?: Record<string, string>;

  @Field('boolean', { doc: 'ignored' })
  shared?: boolean;
}

@WireModel('v1.NetworkAllocateRequest')
export class NetworkAllocateRequest {
  @Field('string', { doc: 'human-readable name' })
  name?: string;

  @Field('string', { doc: 'description' })
  description?: string;

  @Field('string', { doc: 'the partition from whose private super network the network is allocated' })
  partitionid?: string;

  @Field('string', { doc: 'the project that the network will belong to' })
  projectid?: string;

  @Field('string', { map: true, doc: 'arbitrary labels of this network' })
  labels?: Record<string, string>;

  @Field('boolean', { doc: 'marks a network as shareable' })
  shared?: boolean;

  @Field('boolean', { doc: 'whether packets leaving this network are masqueraded' })
  nat?: boolean;

  @Field('string', { array: true, doc: 'the destination prefixes of this network' })
  destinationprefixes?: string[];

  @Field('int', { map: true, doc: 'prefix length by address family; overrides the defaults' })
  length?: Record<string, number>;

  @Field('string', {
    enum: FAMILIES,
    doc: 'allocate a prefix of this address family only; defaults to all families of the super network',
  })
  addressfamily?: string;
}

@WireModel('v1.NetworkUpdateRequest')
export class NetworkUpdateRequest extends EntityRequest {
  @Field('string', { map: true, doc: 'replaces all labels' })
  labels?: Record<string, string>;

  @Field('boolean', { doc: 'marks a network as shareable; cannot be undone' })
  shared?: boolean;

  @Field('string', { array: true, doc: 'replaces the prefixes unless empty' })
  prefixes?: string[];

  @Field('string', { array: true, doc: 'replaces the destination prefixes unless empty' })
  destinationprefixes?: string[];

  @Field('int', { map: true, doc: 'replaces the default child prefix lengths unless empty' })
  defaultchildprefixlength?: Record<string, number>;

  @Field('string', { array: true, doc: CIDRS })
  additionalAnnouncableCIDRs?: string[];
}

@WireModel('datastore.NetworkSearchQuery')
export class NetworkSearchQuery {
  @Field('string')
  id?: string;

  @Field('string')
  name?: string;

  @Field('string')
  partitionid?: string;

  @Field('string')
  projectid?: string;

  @Field('string')
  parentnetworkid?: string;

  @Field('string', { array: true, doc: 'networks that have all of these prefixes' })
  prefixes?: string[];

  @Field('string', { array: true, doc: 'networks that have all of these destination prefixes' })
  destinationprefixes?: string[];

  @Field('boolean')
  nat?: boolean;

  @Field('boolean')
  privatesuper?: boolean;

  @Field('boolean')
  underlay?: boolean;

  @Field('int64')
  vrf?: number;

  @Field('string', { map: true, doc: 'networks that have all of these labels with these values' })
  labels?: Record<string, string>;

  @Field('string', { enum: FAMILIES, doc: 'networks with a prefix of this family' })
  addressfamily?: string;
}

@WireModel('v1.NetworkFindRequest')
export class NetworkFindRequest extends NetworkSearchQuery {}

@WireModel('v1.NetworkUsage')
export class NetworkUsage {
  @Field('uint64', { required: true, doc: 'total number of IP addresses' })
  available_ips!: number;

  @Field('uint64', { required: true, doc: 'number of allocated IP addresses' })
  used_ips!: number;

  @Field('uint64', { required: true, doc: 'number of available prefixes of 4 addresses' })
  available_prefixes!: number;

  @Field('uint64', { required: true, doc: 'number of allocated child prefixes' })
  used_prefixes!: number;
}

@WireModel('v1.NetworkConsumption')
export class NetworkConsumption {
  @Field(() => NetworkUsage)
  ipv4!: NetworkUsage | null;

  @Field(() => NetworkUsage)
  ipv6!: NetworkUsage | null;
}

@WireModel('v1.NetworkResponse')
export class NetworkResponse extends NetworkImmutable {
  @Field('string', { required: true, doc: 'unique ID' })
  id!: string;

  @Field('string', { doc: 'human-readable name' })
  name!: string;

  @Field('string', { doc: 'description' })
  description!: string;

  @Field('date-time', { doc: 'creation time', readOnly: true })
  created!: string;

  @Field('date-time', { doc: 'time of the last change', readOnly: true })
  changed!: string;

  @Field('string', { doc: 'the partition this network belongs to' })
  partitionid!: string;

  @Field('string', { doc: 'the project id this network belongs to' })
  projectid!: string;

  @Field('string', { map: true, doc: 'arbitrary labels of this network' })
  labels!: Readonly<Record<string, string>>;

  @Field('boolean', { doc: 'marks a network as shareable' })
  shared!: boolean;

  @Field(() => NetworkUsage, {
    required: true,
    doc: 'usage of the IPv4 prefixes; see consumption for both address families',
  })
  usage!: NetworkUsage;

  @Field(() => NetworkConsumption, { required: true, doc: 'usage by address family' })
  consumption!: NetworkConsumption;
}
