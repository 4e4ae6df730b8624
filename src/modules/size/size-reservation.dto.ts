import { EntityIdentity, EntityRequest, EntityResponse } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('v1.SizeReservationUpdateRequest')
export class SizeReservationUpdateRequest extends EntityRequest {
  @Field('int32', { required: true, doc: 'machines kept in each partition' })
  amount?: number;

  @Field('string', { array: true, required: true, doc: 'where machines are kept; an empty list changes nothing' })
  partitionids?: string[];

  @Field('string', { map: true, doc: 'free labels' })
  labels?: Record<string, string>;
}

@WireModel('v1.SizeReservationCreateRequest')
export class SizeReservationCreateRequest extends SizeReservationUpdateRequest {
  @Field('string', { required: true, doc: 'for whom machines are kept' })
  projectid?: string;

  @Field('string', { required: true, doc: 'which machines are kept' })
  sizeid?: string;
}

@WireModel('v1.SizeReservationListRequest')
export class SizeReservationListRequest {
  @Field('string')
  id?: string;

  @Field('string')
  sizeid?: string;

  @Field('string')
  projectid?: string;

  @Field('string', { doc: 'reservations in this partition' })
  partitionid?: string;
}

@WireModel('v1.SizeReservationResponse')
export class SizeReservationResponse extends EntityResponse {
  @Field('string', { required: true, doc: 'which machines are kept' })
  sizeid!: string;

  @Field('string', { array: true, required: true, doc: 'where machines are kept' })
  partitionids!: readonly string[];

  @Field('string', { required: true, doc: 'for whom machines are kept' })
  projectid!: string;

  @Field('int32', { required: true, doc: 'machines kept in each partition' })
  amount!: number;

  @Field('string', { map: true, doc: 'free labels' })
  labels?: Readonly<Record<string, string>>;
}

@WireModel('v1.SizeReservationUsageResponse')
export class SizeReservationUsageResponse extends EntityIdentity {
  @Field('string', { required: true, doc: 'which machines are kept' })
  sizeid!: string;

  @Field('string', { required: true, doc: 'the partition of this entry' })
  partitionid!: string;

  @Field('string', { required: true, doc: 'for whom machines are kept' })
  projectid!: string;

  @Field('int32', { required: true, doc: 'machines kept in the partition' })
  amount!: number;

  @Field('int32', { required: true, doc: 'how many of these the project has taken' })
  usedamount!: number;

  @Field('int32', { required: true, doc: 'machines of the size that the project has in the partition' })
  projectallocations!: number;

  @Field('string', { map: true, doc: 'free labels' })
  labels?: Readonly<Record<string, string>>;
}
