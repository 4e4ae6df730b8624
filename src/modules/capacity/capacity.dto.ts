import { EntityIdentity } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('v1.PartitionCapacityRequest')
export class PartitionCapacityRequest {
  @Field('string', { doc: 'only this partition' })
  id?: string;

  @Field('string', { doc: 'only machines of this size' })
  sizeid?: string;

  @Field('string', { required: true, doc: 'for whom free machines are counted: its own reservations do not count' })
  projectid?: string;
}

/** Clients of 2021 do not know all fields, but need those that they know even when 0 (reference/30 §1.4). */
@WireModel('v1.ServerCapacity')
export class ServerCapacityDto {
  @Field('string', { required: true, doc: 'id of the size' })
  size!: string;

  @Field('int32', { doc: 'all machines of the size' })
  total!: number;

  @Field('int32', { doc: 'machines whose last event is Phoned Home' })
  phoned_home?: number;

  @Field('int32', { doc: 'machines whose last event is Waiting' })
  waiting?: number;

  @Field('int32', { doc: 'machines with another last event' })
  other!: number;

  @Field('string', { array: true, doc: 'ids of these' })
  othermachines!: readonly string[];

  @Field('int32', { doc: 'machines that are allocated' })
  allocated!: number;

  @Field('int32', { doc: 'machines that could be allocated' })
  allocatable?: number;

  @Field('int32', { doc: 'allocatable machines that are not reserved for others' })
  free!: number;

  @Field('int32', { doc: 'machines that are neither allocated nor allocatable' })
  unavailable?: number;

  @Field('int32', { doc: 'machines with issues, whatever else they are' })
  faulty!: number;

  @Field('string', { array: true, doc: 'ids of these' })
  faultymachines!: readonly string[];

  @Field('int32', { doc: 'machines that are reserved' })
  reservations?: number;

  @Field('int32', { doc: 'reserved machines that are allocated' })
  usedreservations?: number;

  @Field('int32', { doc: 'reserved machines that are not' })
  remainingreservations?: number;
}

@WireModel('v1.PartitionCapacity')
export class PartitionCapacityDto extends EntityIdentity {
  @Field(() => ServerCapacityDto, { array: true, required: true, doc: 'machines by size' })
  servers!: ServerCapacityDto[];
}
