import { EntityIdentity, EntityRequest, EntityResponse } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('v1.SizeReservationUpdateRequest')
export class SizeReservationUpdateRequest extends EntityRequest {
  @Field('int32', { required: true, doc: 'number of reserved machines in each partition' })
  amount?: number;

  @Field('string', {
    array: true,
    required: true,
    doc: 'partitions of the reserved machines; on update, an empty list keeps the stored ones',
  })
  partitionids?: string[];

  @Field('string', { map: true, doc: 'arbitrary labels' })
  labels?: Record<string, string>;
}

@WireModel('v1.SizeReservationCreateRequest')
export class SizeReservationCreateRequest extends SizeReservationUpdateRequest {
  @Field('string', { required: true, doc: 'project that the machines are reserved for' })
  projectid?: string;

  @Field('string', { required: true, doc: 'size of the reserved machines' })
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
  @Field('string', { required: true, doc: 'size of the reserved machines' })
  sizeid!: string;

  @Field('string', { array: true, required: true, doc: 'partitions of the reserved machines' })
  partitionids!: readonly string[];

  @Field('string', { required: true, doc: 'project that the machines are reserved for' })
  projectid!: string;

  @Field('int32', { required: true, doc: 'number of reserved machines in each partition' })
  amount!: number;

  @Field('string', { map: true, doc: 'arbitrary labels' })
  labels?: Readonly<Record<string, string>>;
}

@WireModel('v1.SizeReservationUsageResponse')
export class SizeReservationUsageResponse extends EntityIdentity {
  @Field('string', { required: true, doc: 'size of the reserved machines' })
  sizeid!: string;

  @Field('string', { required: true, doc: 'the partition of this entry' })
  partitionid!: string;

  @Field('string', { required: true, doc: 'project that the machines are reserved for' })
  projectid!: string;

  @Field('int32', { required: true, doc: 'number of reserved machines in the partition' })
  amount!: number;

  @Field('int32', { required: true, doc: 'number of reserved machines that the project uses' })
  usedamount!: number;

  @Field('int32', { required: true, doc: 'number of machines of this size that the project has in the partition' })
  projectallocations!: number;

  @Field('string', { map: true, doc: 'arbitrary labels' })
  labels?: Readonly<Record<string, string>>;
}
