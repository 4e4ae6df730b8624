import { Field, WireModel } from '../../platform/http/wire/field.js';

/** Field names as in the original's untagged struct; metal-console compares `Groups`. */
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
  @Field('string', { required: true, doc: 'the ID that was printed with the token' })
  id!: string;
  @Field('string', { doc: 'the technical user; unknown if the token was revoked before its first use' })
  subject?: string | undefined;
  @Field('string', { enum: ['viewer', 'editor', 'admin'] })
  role?: string | undefined;
  @Field('date-time', { required: true, doc: 'expiration time of the token' })
  expires!: string;
  @Field('date-time')
  first_used?: string | undefined;
  @Field('date-time', { doc: 'time of the revocation; absent if the token was not revoked' })
  revoked?: string | undefined;
}
