import { Field, WireModel } from '../../platform/http/wire/field.js';

const FAMILIES = ['IPv4', 'IPv6'];
const TYPES = ['ephemeral', 'static'];
const TYPE_DOC =
  'the address type: an ephemeral address is released with the last machine that uses it, a static one is kept';

/** Only in the API document, for generated clients. */
@WireModel('v1.IPBase')
export class IPBase {
  @Field('string', { required: true, doc: 'the project this address belongs to' })
  projectid?: string;

  @Field('string', { required: true, doc: 'the network this address was allocated from' })
  networkid?: string;

  @Field('string', { required: true, enum: TYPES, doc: TYPE_DOC })
  type?: string;

  @Field('string', { array: true, doc: 'arbitrary tags of this address' })
  tags?: readonly string[];
}

/** Only in the API document. */
@WireModel('v1.IPIdentifiable')
export class IPIdentifiable {
  @Field('string', { required: true, doc: 'the address' })
  ipaddress?: string;

  @Field('string', { required: true, doc: 'unique ID of this allocation of the address' })
  allocationuuid?: string;
}

@WireModel('v1.IPAllocateRequest')
export class IPAllocateRequest extends IPBase {
  @Field('string', { doc: 'human-readable name' })
  name?: string;

  @Field('string', { doc: 'description' })
  description?: string;

  @Field('string', { doc: 'the machine to associate the address with' })
  machineid?: string;

  @Field('string', {
    enum: FAMILIES,
    doc: 'defaults to IPv4, or IPv6 in a network with IPv6 only; not allowed with a specific address',
  })
  addressfamily?: string;
}

@WireModel('v1.IPUpdateRequest')
export class IPUpdateRequest {
  @Field('string', { required: true, doc: 'the address' })
  ipaddress?: string;

  @Field('string', { doc: 'human-readable name' })
  name?: string;

  @Field('string', { doc: 'description' })
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

  @Field('string', { doc: 'the prefix that the address was allocated from' })
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

  @Field('string', { required: true, doc: 'unique ID of this allocation of the address' })
  allocationuuid!: string;

  @Field('string', { doc: 'human-readable name' })
  name!: string;

  @Field('string', { doc: 'description' })
  description!: string;

  @Field('date-time', { doc: 'creation time', readOnly: true })
  created!: string;

  @Field('date-time', { doc: 'time of the last change', readOnly: true })
  changed!: string;
}
