import type { Type } from '@nestjs/common';
import { nameProblem } from '../../../shared/entity.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import { cleaned, MAX_DEVICE_MESSAGE, quoted } from '../../../shared/text.js';
import { fieldsOf } from './field.js';
import type { FieldSpec } from './field.js';
import { parseFirstJson } from './first-json.js';
import { limitsOf, MAX_ITEMS, MAX_MEMBERS, MAX_NAME_LENGTH } from './limits.js';
import type { BodyLimits } from './limits.js';
import { decodeScalar, Misfit, show } from './scalar.js';

/**
 * Decodes a request body into a wire class the way Go's decoder does, on which clients rely (reference/40 §1.4,
 * reference/50 §1.3): names in any letter case, unknown ones ignored, `null` stands for "not given" at every depth, a
 * body `null` for an object without fields, bytes behind the first value ignored. Stricter than Go in one way: nothing
 * that is not UTF-8, and everything has bounds: depth and number of values of the body, length of lists and texts. Throws
 * `malformed` naming the field, its value and what was expected.
 */
export function decodeBody<T extends object>(type: Type<T>, body: Uint8Array | undefined): T {
  return decodeValue(type, parse(body ?? new Uint8Array(), limitsOf(type)));
}

/** Decodes a JSON value that was parsed already, by the same rules. Throws `malformed`. */
function decodeValue<T extends object>(type: Type<T>, value: unknown): T {
  try {
    return object(type, value ?? {}, '');
  } catch (error) {
    if (error instanceof Misfit) throw malformed(error.message);
    throw error;
  }
}

function parse(body: Uint8Array, limits: BodyLimits): unknown {
  try {
    return parseFirstJson(body, limits);
  } catch (error) {
    throw error instanceof SyntaxError ? malformed(error.message) : error;
  }
}

function object<T extends object>(type: Type<T>, value: unknown, path: string): T {
  if (!isObject(value)) throw new Misfit(`${path ? field(path) : 'the body'} must be an object, got ${show(value)}`);
  const fields = fieldsOf(type);
  const result = new type() as Record<string, unknown>;
  for (const [key, given] of Object.entries(value)) {
    const spec = fields.get(key.toLowerCase());
    if (spec === undefined || given === null) continue;
    const decoded = decodeField(spec, given, path ? `${path}.${spec.name}` : spec.name);
    if (decoded !== undefined) result[spec.name] = decoded;
  }
  return result as T;
}

function decodeField(spec: FieldSpec, value: unknown, path: string): unknown {
  if (spec.map) return map(spec, value, path);
  return spec.array ? array(spec, value, path) : element(spec, value, path);
}

function map(spec: FieldSpec, value: unknown, path: string): Record<string, unknown> {
  if (!isObject(value)) throw new Misfit(`${field(path)} must be an object, got ${show(value)}`);
  const members = Object.entries(value);
  const most = spec.maxItems ?? MAX_MEMBERS;
  if (members.length > most)
    throw new Misfit(`${field(path)} has ${members.length} members, at most ${most} are allowed`);
  const entries: [string, unknown][] = [];
  for (const [key, given] of members) {
    if (given !== null)
      entries.push([key, spec.separate ? separately(spec, key, given, path) : member(spec, key, given, path)]);
  }
  return Object.fromEntries(entries.filter(([, decoded]) => decoded !== undefined));
}

/** Refuses names that turn into a prototype when a map is copied member by member, and characters that nobody sees. */
function member(spec: FieldSpec, key: string, value: unknown, path: string): unknown {
  if (key.length > MAX_NAME_LENGTH) {
    throw new Misfit(
      `${field(path)} has a member whose name has ${key.length} characters, at most ${MAX_NAME_LENGTH} are allowed`,
    );
  }
  const problem = nameProblem(key);
  if (problem) throw new Misfit(`${field(path)} has a member ${quoted(key, 60)}, which ${problem}`);
  const at = `${path}.${key}`;
  return spec.array ? array(spec, value, at) : element(spec, value, at);
}

function separately(spec: FieldSpec, key: string, value: unknown, path: string): unknown {
  try {
    return member(spec, key, value, path);
  } catch (error) {
    if (error instanceof Misfit) return error;
    throw error;
  }
}

function array(spec: FieldSpec, value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw new Misfit(`${field(path)} must be an array, got ${show(value)}`);
  // Of the lists in a map each has as many elements as any other list: `maxItems` is about the map.
  const most = (spec.map ? undefined : spec.maxItems) ?? MAX_ITEMS;
  if (value.length > most) throw new Misfit(`${field(path)} has ${value.length} elements, at most ${most} are allowed`);
  return value
    .map((given: unknown, index) => (given === null ? undefined : element(spec, given, `${path}[${index}]`)))
    .filter((decoded) => decoded !== undefined);
}

function element(spec: FieldSpec, value: unknown, path: string): unknown {
  if (typeof spec.type === 'function') return object(spec.type() as Type<object>, value, path);
  if (spec.device && typeof value === 'string') return cleaned(value, MAX_DEVICE_MESSAGE);
  try {
    return decodeScalar(spec.type, value, spec.maxLength);
  } catch (error) {
    if (error instanceof Misfit) throw new Misfit(`${field(path)} ${error.message}`);
    throw error;
  }
}

const field = (path: string): string => `field "${path}"`;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
