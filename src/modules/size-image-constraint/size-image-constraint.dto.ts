import { EntityIdentity, EntityRequest } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';

@WireModel('v1.SizeImageConstraintBase')
export class SizeImageConstraintBase {
  @Field('string', { map: true, required: true, doc: 'operating system and version constraint' })
  images!: Readonly<Record<string, string>>;
}

@WireModel('v1.SizeImageConstraintCreateRequest')
export class SizeImageConstraintCreateRequest extends EntityRequest {
  @Field(() => SizeImageConstraintBase, { doc: 'the images that are allowed on the size' })
  constraints?: SizeImageConstraintBase;
}

@WireModel('v1.SizeImageConstraintUpdateRequest')
export class SizeImageConstraintUpdateRequest extends EntityRequest {
  @Field(() => SizeImageConstraintBase, { doc: 'the images that are allowed on the size; replaces all' })
  constraints?: SizeImageConstraintBase;
}

@WireModel('v1.SizeImageConstraintResponse')
export class SizeImageConstraintResponse extends EntityIdentity {
  @Field(() => SizeImageConstraintBase, { required: true, doc: 'the images that are allowed on the size' })
  constraints!: SizeImageConstraintBase;
}

@WireModel('v1.SizeImageConstraintTryRequest')
export class SizeImageConstraintTryRequest {
  @Field('string', { required: true, doc: 'ID of a size' })
  size?: string;

  @Field('string', { required: true, doc: 'full or short id of an image' })
  image?: string;
}
