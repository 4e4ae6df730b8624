import { EntityRequest, EntityResponse } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';
import { Part } from '../../platform/http/wire/part.js';

const CLASSIFICATIONS = ['deprecated', 'preview', 'supported'];

@WireModel('v1.ImageCreateRequest')
export class ImageCreateRequest extends EntityRequest {
  @Field('string', { required: true, doc: 'where the image is downloaded from' })
  url?: string;

  @Field('string', { array: true, doc: 'what machines with this image are used as: machine, firewall' })
  features?: string[];

  @Field('date-time', { doc: 'when the image expires; 90 days from now unless given' })
  expirationDate?: string;

  @Field('string', { doc: 'preview unless given' })
  classification?: string;
}

@WireModel('v1.ImageUpdateRequest')
export class ImageUpdateRequest extends EntityRequest {
  @Field('string', { doc: 'where the image is downloaded from' })
  url?: string;

  @Field('string', { array: true, doc: 'replaces the features unless empty' })
  features?: string[];

  @Field('date-time', { required: true, doc: 'when the image expires' })
  expirationDate?: string;

  @Field('string', { doc: 'preview, supported or deprecated' })
  classification?: string;

  @Field('string', { array: true, doc: 'ignored' })
  usedby?: string[];
}

@WireModel('v1.ImageFindRequest')
@Part('datastore.ImageSearchQuery', 'v1.ImageFindRequest', 'id', 'name', 'features', 'os', 'version', 'classification')
export class ImageFindRequest {
  @Field('string')
  id?: string;

  @Field('string')
  name?: string;

  @Field('string', { array: true, doc: 'images that have all of these' })
  features?: string[];

  @Field('string', { doc: 'the part of the id before the version' })
  os?: string;

  @Field('string', { doc: 'canonical text, for example 20.4.20200502' })
  version?: string;

  @Field('string', { enum: CLASSIFICATIONS })
  classification?: string;
}

@WireModel('v1.ImageResponse')
@Part('v1.ImageBase', 'v1.ImageResponse', 'url', 'features', 'expirationDate', 'classification', 'usedby')
export class ImageResponse extends EntityResponse {
  @Field('string', { doc: 'where the image is downloaded from' })
  url!: string;

  @Field('string', { array: true, doc: 'what machines with this image are used as' })
  features!: readonly string[];

  @Field('date-time', { required: true, doc: 'when the image expires' })
  expirationDate!: string;

  @Field('string', { doc: 'how mature the image is' })
  classification!: string;

  @Field('string', { array: true, doc: 'ids of the machines that are allocated with this image' })
  usedby!: readonly string[];
}
