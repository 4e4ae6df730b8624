import { EntityIdentity } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('v1.PartitionCapacityRequest')
export class PartitionCapacityRequest {
  @Field('string', { doc: 'only this partition' })
  id?: string;

  @Field('string', { doc: 'only machines of this size' })
  sizeid?: string;

  @Field('string', {
    required: true,
    doc: 'project for which free machines are counted; its own reservations do not reduce them',
  })
  projectid?: string;
}

/**
 * Legacy clients do not know all fields, but require the fields that they know even if 0
 * (docs/reference/partitions.md#capacity-of-january-2021).
 */
@WireModel('v1.ServerCapacity')
export class ServerCapacityDto {
  @Field('string', { required: true, doc: 'ID of the size' })
  size!: string;

  @Field('int32', { doc: 'all machines of the size' })
  total!: number;

  @Field('int32', { doc: 'machines whose last event is Phoned Home' })
  phoned_home?: number;

  @Field('int32', { doc: 'machines whose last event is Waiting' })
  waiting?: number;

  @Field('int32', { doc: 'machines with another last event' })
  other!: number;

  @Field('string', { array: true, doc: 'IDs of machines with another last event' })
  othermachines!: readonly string[];

  @Field('int32', { doc: 'machines that are allocated' })
  allocated!: number;

  @Field('int32', { doc: 'machines that could be allocated' })
  allocatable?: number;

  @Field('int32', { doc: 'allocatable machines that are not reserved for other projects' })
  free!: number;

  @Field('int32', { doc: 'machines that are neither allocated nor allocatable' })
  unavailable?: number;

  @Field('int32', { doc: 'machines with issues, whatever their other state' })
  faulty!: number;

  @Field('string', { array: true, doc: 'IDs of machines with issues' })
  faultymachines!: readonly string[];

  @Field('int32', { doc: 'number of reserved machines' })
  reservations?: number;

  @Field('int32', { doc: 'reserved machines that are in use' })
  usedreservations?: number;

  @Field('int32', { doc: 'reserved machines that are not in use' })
  remainingreservations?: number;
}

@WireModel('v1.PartitionCapacity')
export class PartitionCapacityDto extends EntityIdentity {
  @Field(() => ServerCapacityDto, { array: true, required: true, doc: 'machines by size' })
  servers!: ServerCapacityDto[];
}
