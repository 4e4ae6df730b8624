import { EntityRequest, EntityResponse } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';
import { SharedDefinition } from '../../platform/http/wire/shared-definition.js';

const CLASSIFICATIONS = ['deprecated', 'preview', 'supported'];

@WireModel('v1.ImageCreateRequest')
export class ImageCreateRequest extends EntityRequest {
  @Field('string', { required: true, doc: 'URL that the image is downloaded from' })
  url?: string;

  @Field('string', { array: true, doc: 'allocation roles that the image can be installed for: machine, firewall' })
  features?: string[];

  @Field('date-time', { doc: 'expiration time; defaults to 90 days from now' })
  expirationDate?: string;

  @Field('string', { doc: 'preview, supported or deprecated; defaults to preview' })
  classification?: string;
}

@WireModel('v1.ImageUpdateRequest')
export class ImageUpdateRequest extends EntityRequest {
  @Field('string', { doc: 'URL that the image is downloaded from' })
  url?: string;

  @Field('string', { array: true, doc: 'replaces the features unless empty' })
  features?: string[];

  @Field('date-time', { required: true, doc: 'expiration time' })
  expirationDate?: string;

  @Field('string', { doc: 'preview, supported or deprecated' })
  classification?: string;

  @Field('string', { array: true, doc: 'ignored' })
  usedby?: string[];
}

@WireModel('v1.ImageFindRequest')
@SharedDefinition(
  'datastore.ImageSearchQuery',
  'v1.ImageFindRequest',
  'id',
  'name',
  'features',
  'os',
  'version',
  'classification',
)
export class ImageFindRequest {
  @Field('string')
  id?: string;

  @Field('string')
  name?: string;

  @Field('string', { array: true, doc: 'images that have all of these features' })
  features?: string[];

  @Field('string', { doc: 'the part of the ID before the version' })
  os?: string;

  @Field('string', { doc: 'canonical version, for example 20.4.20200502' })
  version?: string;

  @Field('string', { enum: CLASSIFICATIONS })
  classification?: string;
}

@WireModel('v1.ImageResponse')
@SharedDefinition('v1.ImageBase', 'v1.ImageResponse', 'url', 'features', 'expirationDate', 'classification', 'usedby')
export class ImageResponse extends EntityResponse {
  @Field('string', { doc: 'URL that the image is downloaded from' })
  url!: string;

  @Field('string', { array: true, doc: 'allocation roles that the image can be installed for' })
  features!: readonly string[];

  @Field('date-time', { required: true, doc: 'expiration time' })
  expirationDate!: string;

  @Field('string', { doc: 'maturity of the image: preview, supported or deprecated' })
  classification!: string;

  @Field('string', { array: true, doc: 'IDs of the machines that are allocated with this image' })
  usedby!: readonly string[];
}
