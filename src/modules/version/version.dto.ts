import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('rest.version')
export class VersionResponse {
  @Field('string', { required: true })
  name!: string;
  @Field('string', { required: true })
  version!: string;
  @Field('string', { required: true })
  builddate!: string;
  @Field('string', { required: true })
  revision!: string;
  @Field('string', { required: true })
  gitsha1!: string;
  @Field('string', { required: true })
  min_client_version!: string;
  @Field('string')
  release_version!: string | null;
}
