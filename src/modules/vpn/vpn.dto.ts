import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('v1.VPNRequest')
export class VPNRequest {
  @Field('string', { required: true, doc: 'the project' }) pid?: string;
  @Field('boolean', { required: true, doc: 'remove the node when it goes offline' }) ephemeral?: boolean;
  @Field('duration', { doc: 'nanoseconds from now; defaults to one hour' }) expiration?: number;
  @Field('string', { required: true, doc: 'reason for joining; logged' }) reason?: string;
}

@WireModel('v1.VPNResponse')
export class VPNResponse {
  @Field('string', { required: true, doc: 'address of the VPN control plane' }) address!: string;
  @Field('string', { required: true }) auth_key!: string;
}
