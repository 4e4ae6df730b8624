import { Field, WireModel } from '../../platform/http/wire/field.js';

const FAMILIES = ['IPv4', 'IPv6'];
const TYPES = ['ephemeral', 'static'];
const TYPE_DOC = 'the ip type, ephemeral leads to automatic cleanup of the ip address, static will enable re-use';

/** Only shown in the API document, where generated clients find it. */
@WireModel('v1.IPBase')
export class IPBase {
  @Field('string', { required: true, doc: 'the project this ip address belongs to' })
  projectid?: string;

  @Field('string', { required: true, doc: 'the network this ip address is taken from' })
  networkid?: string;

  @Field('string', { required: true, enum: TYPES, doc: TYPE_DOC })
  type?: string;

  @Field('string', { array: true, doc: 'free tags that you associate with this ip' })
  tags?: readonly string[];
}

/** Only shown in the API document. */
@WireModel('v1.IPIdentifiable')
export class IPIdentifiable {
  @Field('string', { required: true, doc: 'the address' })
  ipaddress?: string;

  @Field('string', { required: true, doc: 'a unique identifier for this allocation of the address' })
  allocationuuid?: string;
}

@WireModel('v1.IPAllocateRequest')
export class IPAllocateRequest extends IPBase {
  @Field('string', { doc: 'a readable name for this entity' })
  name?: string;

  @Field('string', { doc: 'a description for this entity' })
  description?: string;

  @Field('string', { doc: 'the machine this ip should be associated with' })
  machineid?: string;

  @Field('string', { enum: FAMILIES, doc: 'IPv4 unless the network has IPv6 only; not together with a specific ip' })
  addressfamily?: string;
}

@WireModel('v1.IPUpdateRequest')
export class IPUpdateRequest {
  @Field('string', { required: true, doc: 'the address' })
  ipaddress?: string;

  @Field('string', { doc: 'a readable name for this entity' })
  name?: string;

  @Field('string', { doc: 'a description for this entity' })
  description?: string;

  @Field('string', { array: true, doc: 'replaces all tags' })
  tags?: string[];

  @Field('string', { required: true, enum: TYPES, doc: TYPE_DOC })
  type?: string;
}

@WireModel('datastore.IPSearchQuery')
export class IPSearchQuery {
  @Field('string')
  ipaddress?: string;

  @Field('string')
  allocationuuid?: string;

  @Field('string')
  name?: string;

  @Field('string')
  projectid?: string;

  @Field('string')
  networkid?: string;

  @Field('string', { doc: 'the prefix that the address was taken from' })
  networkprefix?: string;

  @Field('string')
  machineid?: string;

  @Field('string')
  type?: string;

  @Field('string', { array: true, doc: 'addresses that have all of these tags' })
  tags?: string[];

  @Field('string', { enum: FAMILIES })
  addressfamily?: string;
}

@WireModel('v1.IPFindRequest')
export class IPFindRequest extends IPSearchQuery {}

@WireModel('v1.IPResponse')
export class IPResponse extends IPBase {
  @Field('string', { required: true, doc: 'the address' })
  ipaddress!: string;

  @Field('string', { required: true, doc: 'a unique identifier for this allocation of the address' })
  allocationuuid!: string;

  @Field('string', { doc: 'a readable name for this entity' })
  name!: string;

  @Field('string', { doc: 'a description for this entity' })
  description!: string;

  @Field('date-time', { doc: 'the creation time of this entity', readOnly: true })
  created!: string;

  @Field('date-time', { doc: 'the last changed timestamp of this entity', readOnly: true })
  changed!: string;
}
