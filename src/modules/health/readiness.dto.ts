import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('ReadinessResponse')
export class ReadinessResponse {
  @Field('boolean', { required: true, doc: 'whether this replica can do all of its work' }) ready!: boolean;
  @Field('string', { required: true, array: true, doc: 'why it is not ready' }) obstacles!: readonly string[];
}
