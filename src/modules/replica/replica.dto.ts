import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('ReplicaDifference')
export class ReplicaDifferenceResponse {
  @Field('string', { required: true, doc: 'keys, version, installation or clock' }) what!: string;
  @Field('string', { required: true }) message!: string;
}

@WireModel('ReplicaResponse')
export class ReplicaResponse {
  @Field('string', { required: true }) id!: string;
  @Field('boolean', { required: true, doc: 'the replica that answers' }) self!: boolean;
  @Field('boolean', { required: true }) alive!: boolean;
  @Field('date-time', { required: true, doc: 'by its own clock' }) started!: string;
  @Field('date-time', { doc: 'last sign of life by the clock of the replica that answers' }) seen!: string | null;
  @Field('string', { required: true }) version!: string;
  @Field(() => ReplicaDifferenceResponse, { array: true, required: true, doc: 'from the replica that answers' })
  differences!: ReplicaDifferenceResponse[];
  @Field('string', { doc: 'for admins' }) host?: string;
  @Field('float', { doc: 'seconds by which the answering clock is ahead; for admins' }) clock_offset?: number | null;
  @Field('string', { map: true, doc: 'fingerprints of the keys; for admins' }) keys?: Record<string, string>;
}
