import type { Type } from '@nestjs/common';
import fc from 'fast-check';
import { fieldsOf } from '../../src/platform/http/wire/field.js';
import type { FieldSpec, Scalar } from '../../src/platform/http/wire/field.js';
import { MAX_ITEMS, MAX_LENGTH, MAX_MEMBERS, MAX_NAME_LENGTH } from '../../src/platform/http/wire/limits.js';

/** JSON values of wire classes, for property tests. */
type Json = fc.Arbitrary<unknown>;
type Make = (spec: FieldSpec, depth: number) => Json;

/** Below this depth, lists and maps are empty. */
const DEPTH = 4;

const specsOf = (type: Type): FieldSpec[] => [...fieldsOf(type).values()];
const nestedOf = (spec: FieldSpec): Type | undefined => (typeof spec.type === 'function' ? spec.type() : undefined);

/** Values that satisfy the API document: with all required fields, and the listed values of enums. */
export const completeOf = (type: Type, depth = 0): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(specsOf(type).map((spec) => [spec.name, fieldOf(spec, depth, completeElement)])), {
    requiredKeys: specsOf(type).flatMap(({ name, required }) => (required ? [name] : [])),
  });

const completeElement: Make = (spec, depth) => {
  const nested = nestedOf(spec);
  if (nested) return completeOf(nested, depth + 1);
  return spec.enum ? fc.constantFrom(...spec.enum) : SCALARS[spec.type as Scalar];
};

/** Values that the decoder accepts: fields may be missing or null, names have any case, enums have any text. */
export const acceptedOf = (type: Type, depth = 0): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .tuple(
      fc.record(
        Object.fromEntries(
          specsOf(type).map((spec) => [spec.name, fc.option(fieldOf(spec, depth, acceptedElement), { freq: 8 })]),
        ),
        { requiredKeys: [] },
      ),
      fc.boolean(),
    )
    .map(([value, upper]) => (upper ? upperCased(value) : value));

const acceptedElement: Make = (spec, depth) => {
  const nested = nestedOf(spec);
  if (nested) return acceptedOf(nested, depth + 1);
  if (spec.type === 'date-time') return fc.oneof(SCALARS['date-time'], fc.constant('0001-01-01T00:00:00Z'));
  return spec.enum ? fc.oneof(fc.constantFrom(...spec.enum), SCALARS.string) : SCALARS[spec.type as Scalar];
};

const upperCased = (value: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([name, given]) => [name.toUpperCase(), given as unknown]));

/** Complete values except for one field, at any depth, that the decoder refuses. */
export const refusedOf = (type: Type, depth = 0): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .constantFrom(...specsOf(type))
    .chain((spec) => fc.tuple(completeOf(type, depth), fc.constant(spec.name), refusedField(spec, depth)))
    .map(([value, name, wrong]) => ({ ...value, [name]: wrong }));

function refusedField(spec: FieldSpec, depth: number): Json {
  if (spec.map) return refusedMap(spec, depth);
  return spec.array ? refusedList(spec, depth) : refusedElement(spec, depth);
}

function refusedMap(spec: FieldSpec, depth: number): Json {
  const value = spec.array ? [] : plainestOf(spec);
  const many = Object.fromEntries(
    Array.from({ length: (spec.maxItems ?? MAX_MEMBERS) + 1 }, (_, i) => [`k${i}`, value]),
  );
  const whole: Json[] = [fc.constantFrom<unknown>('x', 5, true, [], [{}]), fc.constant(many)];
  // Otherwise, an invalid member does not affect the others.
  if (spec.separate) return fc.oneof(...whole);
  const names = fc.constantFrom('a\0', 'constructor', '\u202egnp', 'x'.repeat(MAX_NAME_LENGTH + 1));
  const member = spec.array ? refusedList({ ...spec, maxItems: MAX_ITEMS }, depth) : refusedElement(spec, depth);
  return fc.oneof(
    ...whole,
    names.map((name) => ({ [name]: value })),
    member.map((wrong) => ({ a: value, b: wrong })),
  );
}

function refusedList(spec: FieldSpec, depth: number): Json {
  const many = Array.from({ length: (spec.maxItems ?? MAX_ITEMS) + 1 }, () => plainestOf(spec));
  const wrong = refusedElement(spec, depth).map((element) => [plainestOf(spec), element]);
  return fc.oneof(fc.constantFrom<unknown>('x', 5, true, {}), fc.constant(many), wrong, fc.constant([[]]));
}

function refusedElement(spec: FieldSpec, depth: number): Json {
  const nested = nestedOf(spec);
  if (!nested) return refusedScalar(spec);
  const other = fc.constantFrom<unknown>('x', 5, true, [], [{}]);
  return depth < DEPTH ? fc.oneof(other, refusedOf(nested, depth + 1)) : other;
}

function refusedScalar({ type, device, maxLength = MAX_LENGTH }: FieldSpec): Json {
  if (type !== 'string') return fc.constantFrom(...REFUSED[type as Exclude<Scalar, 'string'>]);
  const others = [5, true, {}, []];
  if (device) return fc.constantFrom<unknown>(...others);
  const long = ['x'.repeat(maxLength + 1), '😀'.repeat(maxLength / 2 + 1)];
  return fc.constantFrom<unknown>(...others, 'a\0b', ...long);
}

/** A value of a list or map that the decoder accepts. */
const plainestOf = (spec: FieldSpec): unknown => {
  if (nestedOf(spec)) return {};
  if (spec.type === 'string') return spec.enum?.[0] ?? '';
  if (spec.type === 'boolean') return false;
  return spec.type === 'date-time' ? '2026-01-02T03:04:05Z' : 0;
};

function fieldOf(spec: FieldSpec, depth: number, element: Make): Json {
  const size = depth < DEPTH ? 3 : 0;
  const one = (): Json => (size === 0 ? fc.constant(null) : element(spec, depth));
  const list = (): Json => fc.array(one(), { maxLength: size });
  if (spec.map) return fc.dictionary(NAME, spec.array ? list() : one(), { maxKeys: size });
  return spec.array ? list() : element(spec, depth);
}

const NAME = fc.string({ unit: fc.constantFrom(...'abcXYZ09-.äß😀'), minLength: 1, maxLength: 8 });
const TEXT = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '0'));
const integer = (min: number, max: number): Json =>
  fc.oneof(fc.constantFrom(0, min, max), fc.maxSafeInteger()).map((n) => Math.min(max, Math.max(min, n)));

const SCALARS: Record<Scalar, Json> = {
  string: TEXT,
  boolean: fc.boolean(),
  int: fc.maxSafeInteger(),
  int32: integer(-(2 ** 31), 2 ** 31 - 1),
  int64: fc.maxSafeInteger(),
  uint64: integer(0, Number.MAX_SAFE_INTEGER),
  byte: integer(0, 255),
  float: fc.double({ noNaN: true, noDefaultInfinity: true }),
  'date-time': fc
    .date({ min: new Date('0002-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  duration: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2 ** 63, -(2 ** 63))),
};

const NO_INTEGERS = [1.5, '1', true, {}, []];
const REFUSED: Record<Exclude<Scalar, 'string'>, readonly unknown[]> = {
  boolean: ['true', 0, {}, []],
  int: [...NO_INTEGERS, 2 ** 53],
  int32: [...NO_INTEGERS, 2 ** 31, -(2 ** 31) - 1],
  int64: [...NO_INTEGERS, -(2 ** 53)],
  uint64: [...NO_INTEGERS, -1, 2 ** 53],
  byte: [...NO_INTEGERS, -1, 256],
  float: ['1', true, {}, []],
  'date-time': ['now', '', 5, {}, [], '2026-02-30T00:00:00Z', '2026-01-02', '9999-12-31T23:59:59-01:00'],
  duration: [...NO_INTEGERS, 2 ** 64],
};
