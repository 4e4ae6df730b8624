import { EntityRequest, EntityResponse } from '../../platform/http/wire/entity.js';
import { Field, WireModel } from '../../platform/http/wire/field.js';

/** More than any machine has different parts. Each constraint is compared with each part. */
const MAX_CONSTRAINTS = 100;

@WireModel('v1.SizeConstraint')
export class SizeConstraintDto {
  @Field('string', { required: true, enum: ['cores', 'gpu', 'memory', 'storage'], doc: 'the parts that are counted' })
  type!: string;

  @Field('uint64', { doc: 'minimum; in bytes for memory and storage' })
  min!: number;

  @Field('uint64', { doc: 'maximum; in bytes for memory and storage' })
  max!: number;

  @Field('string', { maxLength: 256, doc: 'pattern of the CPU models, disk names or GPU models that are counted' })
  identifier?: string;
}

@WireModel('v1.SizeCreateRequest')
export class SizeCreateRequest extends EntityRequest {
  @Field(() => SizeConstraintDto, {
    array: true,
    required: true,
    maxItems: MAX_CONSTRAINTS,
    doc: 'the hardware of machines with this size',
  })
  constraints?: SizeConstraintDto[];

  @Field('string', { map: true, doc: 'arbitrary labels' })
  labels?: Record<string, string>;
}

@WireModel('v1.SizeUpdateRequest')
export class SizeUpdateRequest extends EntityRequest {
  @Field(() => SizeConstraintDto, { array: true, maxItems: MAX_CONSTRAINTS, doc: 'replaces all constraints' })
  constraints?: SizeConstraintDto[];

  @Field('string', { map: true, doc: 'replaces all labels' })
  labels?: Record<string, string>;
}

@WireModel('v1.SizeResponse')
export class SizeResponse extends EntityResponse {
  @Field(() => SizeConstraintDto, { array: true, required: true, doc: 'the hardware of machines with this size' })
  constraints!: SizeConstraintDto[];

  @Field('string', { map: true, required: true, doc: 'arbitrary labels' })
  labels!: Readonly<Record<string, string>>;
}

@WireModel('v1.SizeSuggestRequest')
export class SizeSuggestRequest {
  @Field('string', { required: true, doc: 'the machine whose hardware is described' })
  machineID?: string;
}

@WireModel('v1.SizeConstraintMatchingLog')
export class SizeConstraintMatchingLog {
  @Field(() => SizeConstraintDto, { required: true }) constraint!: SizeConstraintDto;
  @Field('boolean', { required: true }) match!: boolean;
  @Field('string', { required: true, doc: 'the comparison' }) log!: string;
}

@WireModel('v1.SizeMatchingLog')
export class SizeMatchingLog {
  @Field('string', { required: true, doc: 'the id of the size' }) name!: string;
  @Field('string', { required: true, doc: 'always empty' }) log!: string;
  @Field('boolean', { required: true }) match!: boolean;
  @Field(() => SizeConstraintMatchingLog, { required: true, array: true }) constraints!: SizeConstraintMatchingLog[];
}
