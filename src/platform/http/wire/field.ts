import { ApiExtraModels, ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { validated } from './validation.js';

/**
 * Scalar types of the v1 API, named after the Go types of clients. In the API document, `uint64` and `byte` have the
 * formats `integer` and `byte`, as in the recorded contract; `int` has no format. A `duration` is an `int64` in
 * nanoseconds.
 */
export type Scalar =
  'string' | 'boolean' | 'int' | 'int32' | 'int64' | 'uint64' | 'byte' | 'float' | 'date-time' | 'duration';

/** A scalar, or a wire class (as a function, so that classes may refer to each other in any order). */
export type FieldType = Scalar | (() => Type);

export interface FieldOptions {
  /**
   * Required in the API document, and by `validate`. Decoding does not check it: services decide what they actually
   * require, because clients omit required fields.
   */
  readonly required?: boolean;
  readonly array?: boolean;
  /** An object with arbitrary keys and values of this type; with `array`, the values are arrays. */
  readonly map?: boolean;
  /**
   * Values in the API document, and for `validate`. Decoding does not check them, because clients send others
   * (docs/reference/catalog-conventions.md#json).
   */
  readonly enum?: readonly string[];
  /** A text reported by a device: sanitized and truncated instead of rejected, see `sanitizeText`. */
  readonly device?: boolean;
  /** With `map`: a batch whose members are decoded separately. An invalid member becomes an `InvalidValueError`. */
  readonly separate?: boolean;
  readonly doc?: string;
  readonly readOnly?: boolean;
  /** Maximum number of elements of the array, or members of the map, in requests; default in `limits.ts`. */
  readonly maxItems?: number;
  /** Maximum number of characters of each text in requests; default in `limits.ts`. */
  readonly maxLength?: number;
}

export interface FieldSpec extends FieldOptions {
  readonly name: string;
  readonly type: FieldType;
}

const FIELDS = Symbol('wire fields');

/** The fields of a wire class, including inherited ones, by lower-case name (Go decoders ignore case). */
export function fieldsOf(type: Type): ReadonlyMap<string, FieldSpec> {
  return (Reflect.getMetadata(FIELDS, type.prototype as object) as Map<string, FieldSpec> | undefined) ?? new Map();
}

/** Sets the name of a wire class in the API document, e.g. `v1.ImageResponse`. */
export const WireModel = (name: string): ClassDecorator => ApiSchema({ name });

/**
 * Declares a property of a wire class: its place in the API document, how it is decoded, and what class-validator's
 * `validate` checks.
 */
export function Field(type: FieldType, options: FieldOptions = {}): PropertyDecorator {
  return (target, key) => {
    const inherited = Reflect.getMetadata(FIELDS, target) as Map<string, FieldSpec> | undefined;
    const own = new Map(inherited);
    own.set(String(key).toLowerCase(), { ...options, name: String(key), type });
    Reflect.defineMetadata(FIELDS, own, target);
    describe(type, options)(target, key);
    validated(type, options)(target, key);
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
      // Swagger recognizes a lazy type function by its name, which it gets from this literal.
      ApiProperty({ ...common, required, type: () => type(), isArray: array })(target, key);
    } else {
      const scalar = { ...SCALARS[type], ...(options.enum && { enum: [...options.enum] }) };
      const shape = array ? { type: 'array', items: scalar } : scalar;
      ApiProperty({ ...common, required, ...shape } as ApiPropertyOptions)(target, key);
    }
  };
}

/**
 * Schema of a map's values. A class is asked for its name only when the document is created, as it may not have one
 * yet.
 */
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
