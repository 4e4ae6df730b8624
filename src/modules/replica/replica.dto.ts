import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('ReplicaDifference')
export class ReplicaDifferenceResponse {
  @Field('string', { required: true, doc: 'keys, version, installation or clock' }) what!: string;
  @Field('string', { required: true }) message!: string;
}

@WireModel('ReplicaResponse')
export class ReplicaResponse {
  @Field('string', { required: true }) id!: string;
  @Field('boolean', { required: true, doc: 'whether this is the responding replica' }) self!: boolean;
  @Field('boolean', { required: true }) alive!: boolean;
  @Field('date-time', { required: true, doc: 'time of its start, by its own clock' }) started!: string;
  @Field('date-time', { doc: 'last heartbeat by the clock of the responding replica' }) seen!: string | null;
  @Field('string', { required: true }) version!: string;
  @Field(() => ReplicaDifferenceResponse, {
    array: true,
    required: true,
    doc: 'differences from the responding replica',
  })
  differences!: ReplicaDifferenceResponse[];
  @Field('string', { doc: 'for admins only' }) host?: string;
  @Field('float', { doc: 'seconds by which the clock of the responding replica is ahead; for admins only' })
  clock_offset?: number | null;
  @Field('string', { map: true, doc: 'fingerprints of the keys; for admins only' }) keys?: Record<string, string>;
}
