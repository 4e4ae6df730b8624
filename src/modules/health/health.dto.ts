import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('rest.HealthResponse')
export class HealthResponse {
  @Field('string', { required: true })
  status!: string;

  @Field('string', { required: true })
  message!: string;

  @Field(() => HealthResponse, { map: true })
  services?: Record<string, HealthResponse>;
}
