import { EntityRequest } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';

const FAMILIES = ['IPv4', 'IPv6'];
const CIDRS = 'list of cidrs which are added to the route maps per tenant private network as per network prefixes';

/** Only shown in the API document, where generated clients find it. */
@WireModel('v1.NetworkBase')
export class NetworkBase {
  @Field('string', { doc: 'the partition this network belongs to' })
  partitionid?: string;

  @Field('string', { doc: 'the project id this network belongs to, can be empty if globally available' })
  projectid?: string;

  @Field('string', { map: true, doc: 'free labels that you associate with this network' })
  labels?: Record<string, string>;

  @Field('boolean', { doc: 'marks a network as shareable' })
  shared?: boolean;
}

/** What never changes once a network exists, as far as clients of the first version knew. */
@WireModel('v1.NetworkImmutable')
export class NetworkImmutable {
  @Field('string', { array: true, required: true, doc: 'the prefixes of this network' })
  prefixes?: readonly string[];

  @Field('string', { array: true, required: true, doc: 'the destination prefixes of this network' })
  destinationprefixes?: readonly string[];

  @Field('int', { map: true, doc: 'length of child prefixes by address family, for private super networks' })
  defaultchildprefixlength?: Readonly<Record<string, number>> | null;

  @Field('boolean', { required: true, doc: 'if set to true, packets leaving this network get masqueraded' })
  nat?: boolean;

  @Field('boolean', { required: true, doc: 'if set to true, child networks are allocated from this network' })
  privatesuper?: boolean;

  @Field('boolean', { required: true, doc: 'if set to true, this network connects firewalls to the fabric' })
  underlay?: boolean;

  @Field('uint64', { doc: 'the vrf this network is associated with' })
  vrf?: number;

  @Field('boolean', { doc: 'if set to true, given vrf can be used by multiple networks' })
  vrfshared?: boolean | null;

  @Field('string', { doc: 'the id of the network that this network was taken from' })
  parentnetworkid?: string | null;

  @Field('string', { array: true, doc: CIDRS })
  additionalAnnouncableCIDRs?: readonly string[];

  @Field('string', { required: true, doc: 'the network type; set by the server' })
  networktype?: string;

  @Field('string', { required: true, doc: 'the nat type; set by the server' })
  nattype?: string;
}

@WireModel('v1.NetworkCreateRequest')
export class NetworkCreateRequest extends NetworkImmutable {
  @Field('string', { required: true, doc: 'the unique ID of this entity; random when empty' })
  id?: string;

  @Field('string', { doc: 'a readable name for this entity' })
  name?: string;

  @Field('string', { doc: 'a description for this entity' })
  description?: string;

  @Field('string', { doc: 'the partition this network belongs to' })
  partitionid?: string;

  @Field('string', { doc: 'the project id this network belongs to, can be empty if globally available' })
  projectid?: string;

  @Field('string', { map: true, doc: 'free labels that you associate with this network' })
  labels?: Record<string, string>;

  @Field('boolean', { doc: 'ignored' })
  shared?: boolean;
}

@WireModel('v1.NetworkAllocateRequest')
export class NetworkAllocateRequest {
  @Field('string', { doc: 'a readable name for this entity' })
  name?: string;

  @Field('string', { doc: 'a description for this entity' })
  description?: string;

  @Field('string', { doc: 'the partition whose private super network the new one is taken from' })
  partitionid?: string;

  @Field('string', { doc: 'the project that the network will belong to' })
  projectid?: string;

  @Field('string', { map: true, doc: 'free labels that you associate with this network' })
  labels?: Record<string, string>;

  @Field('boolean', { doc: 'marks a network as shareable' })
  shared?: boolean;

  @Field('boolean', { doc: 'if set to true, packets leaving this network get masqueraded' })
  nat?: boolean;

  @Field('string', { array: true, doc: 'the destination prefixes of this network' })
  destinationprefixes?: string[];

  @Field('int', { map: true, doc: 'prefix length by address family, instead of the defaults' })
  length?: Record<string, number>;

  @Field('string', { enum: FAMILIES, doc: 'only this address family; all of the super network when absent' })
  addressfamily?: string;
}

@WireModel('v1.NetworkUpdateRequest')
export class NetworkUpdateRequest extends EntityRequest {
  @Field('string', { map: true, doc: 'replaces all labels' })
  labels?: Record<string, string>;

  @Field('boolean', { doc: 'marks a network as shareable; cannot be taken back' })
  shared?: boolean;

  @Field('string', { array: true, doc: 'replaces the prefixes unless empty' })
  prefixes?: string[];

  @Field('string', { array: true, doc: 'replaces the destination prefixes unless empty' })
  destinationprefixes?: string[];

  @Field('int', { map: true, doc: 'replaces the lengths of child prefixes unless empty' })
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
  @Field('uint64', { required: true, doc: 'the total available IPs' })
  available_ips!: number;

  @Field('uint64', { required: true, doc: 'the total used IPs' })
  used_ips!: number;

  @Field('uint64', { required: true, doc: 'the total available 2 bit Prefixes' })
  available_prefixes!: number;

  @Field('uint64', { required: true, doc: 'the total used Prefixes' })
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
  @Field('string', { required: true, doc: 'the unique ID of this entity' })
  id!: string;

  @Field('string', { doc: 'a readable name for this entity' })
  name!: string;

  @Field('string', { doc: 'a description for this entity' })
  description!: string;

  @Field('date-time', { doc: 'the creation time of this entity', readOnly: true })
  created!: string;

  @Field('date-time', { doc: 'the last changed timestamp of this entity', readOnly: true })
  changed!: string;

  @Field('string', { doc: 'the partition this network belongs to' })
  partitionid!: string;

  @Field('string', { doc: 'the project id this network belongs to' })
  projectid!: string;

  @Field('string', { map: true, doc: 'free labels that you associate with this network' })
  labels!: Readonly<Record<string, string>>;

  @Field('boolean', { doc: 'marks a network as shareable' })
  shared!: boolean;

  @Field(() => NetworkUsage, { required: true, doc: 'usage of the IPv4 prefixes; consumption tells more' })
  usage!: NetworkUsage;

  @Field(() => NetworkConsumption, { required: true, doc: 'usage by address family' })
  consumption!: NetworkConsumption;
}
