import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('v1.VPNRequest')
export class VPNRequest {
  @Field('string', { required: true, doc: 'the project' }) pid?: string;
  @Field('boolean', { required: true, doc: 'the node vanishes when it goes offline' }) ephemeral?: boolean;
  @Field('duration', { doc: 'nanoseconds from now; one hour when absent' }) expiration?: number;
  @Field('string', { required: true, doc: 'why somebody joins; logged' }) reason?: string;
}

@WireModel('v1.VPNResponse')
export class VPNResponse {
  @Field('string', { required: true, doc: 'where to join' }) address!: string;
  @Field('string', { required: true }) auth_key!: string;
}
