import type { Type } from '@nestjs/common';
import { nameProblem } from '../../../shared/entity.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import { runAtOnce } from '../../../shared/event-loop.js';
import { sanitizeText, MAX_DEVICE_MESSAGE, quoteText } from '../../../shared/text.js';
import { fieldsOf } from './field.js';
import type { FieldSpec } from './field.js';
import { firstJsonSteps } from './first-json.js';
import { limitsOf, MAX_ITEMS, MAX_MEMBERS, MAX_NAME_LENGTH } from './limits.js';
import { decodeScalar, InvalidValueError, formatValue } from './scalar.js';

/**
 * Decodes a request body into a wire class like Go's decoder, on which clients rely
 * (docs/reference/http.md#json-of-requests, docs/reference/client-conventions.md#requests): names in any letter case,
 * unknown ones ignored, `null` means absent at every depth, a body `null` is an object without fields, bytes after the
 * first value are ignored. Stricter than Go: requires UTF-8, and everything is limited: depth and number of values of
 * the body, length of lists and texts. Throws `malformed` naming the field, its value and the expected form.
 */
export function decodeBody<T extends object>(type: Type<T>, body: Uint8Array | undefined): T {
  try {
    return object(type, runAtOnce(firstJsonSteps(body ?? new Uint8Array(), limitsOf(type))) ?? {}, '');
  } catch (error) {
    throw refusal(error);
  }
}

/**
 * Like `decodeBody`, but pauses after each piece of the body, and each element of its lists and maps; what an element
 * contains is decoded at once.
 */
export function* decodeBodySteps<T extends object>(type: Type<T>, body: Uint8Array): Generator<undefined, T> {
  try {
    const value = (yield* firstJsonSteps(body, limitsOf(type))) ?? {};
    const result = new type() as Record<string, unknown>;
    for (const [spec, given] of fieldsGiven(type, value, '')) {
      const decoded = yield* fieldSteps(spec, given);
      if (decoded !== undefined) result[spec.name] = decoded;
    }
    return result as T;
  } catch (error) {
    throw refusal(error);
  }
}

function* fieldSteps(spec: FieldSpec, value: unknown): Generator<undefined, unknown> {
  const path = spec.name;
  if (spec.map) {
    const entries: [string, unknown][] = [];
    for (const [key, given] of members(spec, value, path)) {
      entries.push([key, member(spec, key, given, path)]);
      yield;
    }
    return fromPresent(entries);
  }
  if (!spec.array) return element(spec, value, path);
  const decoded: unknown[] = [];
  for (const [index, given] of elements(spec, value, path).entries()) {
    decoded.push(elementAt(spec, given, path, index));
    yield;
  }
  return decoded.filter((one) => one !== undefined);
}

const refusal = (error: unknown): unknown =>
  error instanceof SyntaxError || error instanceof InvalidValueError ? malformed(error.message) : error;

function object<T extends object>(type: Type<T>, value: unknown, path: string): T {
  const result = new type() as Record<string, unknown>;
  for (const [spec, given] of fieldsGiven(type, value, path)) {
    const decoded = decodeField(spec, given, path ? `${path}.${spec.name}` : spec.name);
    if (decoded !== undefined) result[spec.name] = decoded;
  }
  return result as T;
}

/** The known fields that are given, with their values. */
function fieldsGiven(type: Type, value: unknown, path: string): [FieldSpec, unknown][] {
  if (!isObject(value))
    throw new InvalidValueError(`${path ? field(path) : 'the body'} must be an object, got ${formatValue(value)}`);
  const fields = fieldsOf(type);
  const given: [FieldSpec, unknown][] = [];
  for (const [key, one] of Object.entries(value)) {
    const spec = fields.get(key.toLowerCase());
    if (spec !== undefined && one !== null) given.push([spec, one]);
  }
  return given;
}

function decodeField(spec: FieldSpec, value: unknown, path: string): unknown {
  if (spec.map) return map(spec, value, path);
  return spec.array ? array(spec, value, path) : element(spec, value, path);
}

const map = (spec: FieldSpec, value: unknown, path: string): Record<string, unknown> =>
  fromPresent(members(spec, value, path).map(([key, given]) => [key, member(spec, key, given, path)]));

const fromPresent = (entries: readonly [string, unknown][]): Record<string, unknown> =>
  Object.fromEntries(entries.filter(([, decoded]) => decoded !== undefined));

/** The members of a map that are given. */
function members(spec: FieldSpec, value: unknown, path: string): [string, unknown][] {
  if (!isObject(value)) throw new InvalidValueError(`${field(path)} must be an object, got ${formatValue(value)}`);
  const entries = Object.entries(value);
  const most = spec.maxItems ?? MAX_MEMBERS;
  if (entries.length > most)
    throw new InvalidValueError(`${field(path)} has ${entries.length} members, at most ${most} are allowed`);
  return entries.filter(([, given]) => given !== null);
}

/** Decodes a member of a map. */
function member(spec: FieldSpec, key: string, value: unknown, path: string): unknown {
  return spec.separate ? separately(spec, key, value, path) : validMember(spec, key, value, path);
}

/** Rejects names that would set a prototype when the map is copied member by member, and invisible characters. */
function validMember(spec: FieldSpec, key: string, value: unknown, path: string): unknown {
  if (key.length > MAX_NAME_LENGTH) {
    throw new InvalidValueError(
      `${field(path)} has a member whose name has ${key.length} characters, at most ${MAX_NAME_LENGTH} are allowed`,
    );
  }
  const problem = nameProblem(key);
  if (problem) throw new InvalidValueError(`${field(path)} has a member ${quoteText(key, 60)}, which ${problem}`);
  const at = `${path}.${key}`;
  return spec.array ? array(spec, value, at) : element(spec, value, at);
}

function separately(spec: FieldSpec, key: string, value: unknown, path: string): unknown {
  try {
    return validMember(spec, key, value, path);
  } catch (error) {
    if (error instanceof InvalidValueError) return error;
    throw error;
  }
}

const array = (spec: FieldSpec, value: unknown, path: string): unknown[] =>
  elements(spec, value, path)
    .map((given, index) => elementAt(spec, given, path, index))
    .filter((decoded) => decoded !== undefined);

/** The elements of an array. */
function elements(spec: FieldSpec, value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidValueError(`${field(path)} must be an array, got ${formatValue(value)}`);
  // In a map of lists, `maxItems` limits the map; the lists have the default limit.
  const most = (spec.map ? undefined : spec.maxItems) ?? MAX_ITEMS;
  if (value.length > most)
    throw new InvalidValueError(`${field(path)} has ${value.length} elements, at most ${most} are allowed`);
  return value;
}

const elementAt = (spec: FieldSpec, given: unknown, path: string, index: number): unknown =>
  given === null ? undefined : element(spec, given, `${path}[${index}]`);

function element(spec: FieldSpec, value: unknown, path: string): unknown {
  if (typeof spec.type === 'function') return object(spec.type() as Type<object>, value, path);
  if (spec.device && typeof value === 'string') return sanitizeText(value, MAX_DEVICE_MESSAGE);
  try {
    return decodeScalar(spec.type, value, spec.maxLength);
  } catch (error) {
    if (error instanceof InvalidValueError) throw new InvalidValueError(`${field(path)} ${error.message}`);
    throw error;
  }
}

const field = (path: string): string => `field "${path}"`;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
