import { ApiExtraModels, ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';

/**
 * Scalar types of the v1 API, named by what Go clients decode them into. `uint64` and `byte` appear in the API document
 * with the formats `integer` and `byte`, as the recorded contract has them; `int` has no format. A `duration` is an
 * `int64` of nanoseconds.
 */
export type Scalar =
  'string' | 'boolean' | 'int' | 'int32' | 'int64' | 'uint64' | 'byte' | 'float' | 'date-time' | 'duration';

/** A scalar, or a wire class (as a function, so that classes may refer to each other in any order). */
export type FieldType = Scalar | (() => Type);

export interface FieldOptions {
  /** Listed as required in the API document. Services decide what they really need: clients leave required fields out. */
  readonly required?: boolean;
  readonly array?: boolean;
  /** An object with arbitrary keys and values of this type; with `array` the values are arrays. */
  readonly map?: boolean;
  /** Values shown in the document. Not enforced on input: clients send others (reference/30 §0.4). */
  readonly enum?: readonly string[];
  /** A text that a device reports: cleaned and cut instead of refused, see `cleaned`. */
  readonly device?: boolean;
  /** With `map`: a batch, whose members are judged one by one. One that cannot be decoded becomes a `Misfit`. */
  readonly separate?: boolean;
  readonly doc?: string;
  readonly readOnly?: boolean;
  /** Elements of the array, or members of the map, that requests may have; `limits.ts` has the default. */
  readonly maxItems?: number;
  /** Characters that each text in requests may have; `limits.ts` has the default. */
  readonly maxLength?: number;
}

export interface FieldSpec extends FieldOptions {
  readonly name: string;
  readonly type: FieldType;
}

const FIELDS = Symbol('wire fields');

/** The fields of a wire class, its ancestors' included, by lower-cased name (Go decoders fold case). */
export function fieldsOf(type: Type): ReadonlyMap<string, FieldSpec> {
  return (Reflect.getMetadata(FIELDS, type.prototype as object) as Map<string, FieldSpec> | undefined) ?? new Map();
}

/** Gives a wire class its name in the API document, e.g. `v1.ImageResponse`. */
export const WireModel = (name: string): ClassDecorator => ApiSchema({ name });

/** Declares one property of a wire class: its place in the API document and how requests are decoded into it. */
export function Field(type: FieldType, options: FieldOptions = {}): PropertyDecorator {
  return (target, key) => {
    const inherited = Reflect.getMetadata(FIELDS, target) as Map<string, FieldSpec> | undefined;
    const own = new Map(inherited);
    own.set(String(key).toLowerCase(), { ...options, name: String(key), type });
    Reflect.defineMetadata(FIELDS, own, target);
    describe(type, options)(target, key);
  };
}

const SCALARS: Record<Scalar, { type: string; format?: string }> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int: { type: 'integer' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  uint64: { type: 'integer', format: 'integer' },
  byte: { type: 'integer', format: 'byte' },
  float: { type: 'number', format: 'float' },
  'date-time': { type: 'string', format: 'date-time' },
  duration: { type: 'integer', format: 'int64' },
};

function describe(type: FieldType, options: FieldOptions): PropertyDecorator {
  const { required = false, doc, readOnly, array = false, map } = options;
  const common = { ...(doc && { description: doc }), ...(readOnly && { readOnly }) };
  return (target, key) => {
    if (map) {
      const additionalProperties = valueSchema(type, options, target);
      ApiProperty({ ...common, selfRequired: required, type: 'object', additionalProperties })(target, key);
    } else if (typeof type === 'function') {
      // Swagger recognises a function that is yet to be called by its name, which this literal gives it.
      ApiProperty({ ...common, required, type: () => type(), isArray: array })(target, key);
    } else {
      const scalar = { ...SCALARS[type], ...(options.enum && { enum: [...options.enum] }) };
      const shape = array ? { type: 'array', items: scalar } : scalar;
      ApiProperty({ ...common, required, ...shape } as ApiPropertyOptions)(target, key);
    }
  };
}

/** Schema of a map's values. A class is asked for its name only when the document is made: it may not have one yet. */
function valueSchema(type: FieldType, { array }: FieldOptions, target: object): object {
  const value = typeof type === 'function' ? reference(type(), target.constructor) : SCALARS[type];
  return array ? { type: 'array', items: value } : value;
}

function reference(type: Type, owner: object): object {
  if (type !== owner) ApiExtraModels(type)(owner);
  return {
    get $ref() {
      return getSchemaPath(type);
    },
  };
}
