import { Field, WireModel } from '../../platform/http/wire/field.js';

/** Field names as the original's untagged struct has them; metal-console compares `Groups`. */
@WireModel('v1.User')
export class UserResponse {
  @Field('string', { required: true })
  EMail!: string;
  @Field('string', { required: true })
  Name!: string;
  @Field('string', { required: true, array: true })
  Groups!: string[];
  @Field('string', { required: true })
  Tenant!: string;
  @Field('string', { required: true })
  Issuer!: string;
  @Field('string', { required: true })
  Subject!: string;
}

@WireModel('v1.APITokenResponse')
export class ApiTokenResponse {
  @Field('string', { required: true, doc: 'the id that was printed with the token' })
  id!: string;
  @Field('string', { doc: 'the technical user; unknown when the token was revoked before its first use' })
  subject?: string;
  @Field('string', { enum: ['viewer', 'editor', 'admin'] })
  role?: string;
  @Field('date-time', { required: true, doc: 'the token is worthless after this' })
  expires!: string;
  @Field('date-time')
  first_used?: string;
  @Field('date-time', { doc: 'present when the token was revoked' })
  revoked?: string;
}
