import type { Type } from '@nestjs/common';
import { nameProblem } from '../../../shared/entity.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import { sanitizeText, MAX_DEVICE_MESSAGE, quoteText } from '../../../shared/text.js';
import { fieldsOf } from './field.js';
import type { FieldSpec } from './field.js';
import { parseFirstJson } from './first-json.js';
import { limitsOf, MAX_ITEMS, MAX_MEMBERS, MAX_NAME_LENGTH } from './limits.js';
import type { BodyLimits } from './limits.js';
import { decodeScalar, InvalidValueError, formatValue } from './scalar.js';

/**
 * Decodes a request body into a wire class like Go's decoder, on which clients rely
 * (docs/reference/http.md#json-of-requests, docs/reference/client-conventions.md#requests): names in any letter case,
 * unknown ones ignored, `null` means absent at every depth, a body `null` is an object without fields, bytes after the
 * first value are ignored. Stricter than Go: requires UTF-8, and everything is limited: depth and number of values of
 * the body, length of lists and texts. Throws `malformed` naming the field, its value and the expected form.
 */
export function decodeBody<T extends object>(type: Type<T>, body: Uint8Array | undefined): T {
  return decodeValue(type, parse(body ?? new Uint8Array(), limitsOf(type)));
}

/** Decodes a parsed JSON value by the same rules. Throws `malformed`. */
function decodeValue<T extends object>(type: Type<T>, value: unknown): T {
  try {
    return object(type, value ?? {}, '');
  } catch (error) {
    if (error instanceof InvalidValueError) throw malformed(error.message);
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
  if (!isObject(value))
    throw new InvalidValueError(`${path ? field(path) : 'the body'} must be an object, got ${formatValue(value)}`);
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
  if (!isObject(value)) throw new InvalidValueError(`${field(path)} must be an object, got ${formatValue(value)}`);
  const members = Object.entries(value);
  const most = spec.maxItems ?? MAX_MEMBERS;
  if (members.length > most)
    throw new InvalidValueError(`${field(path)} has ${members.length} members, at most ${most} are allowed`);
  const entries: [string, unknown][] = [];
  for (const [key, given] of members) {
    if (given !== null)
      entries.push([key, spec.separate ? separately(spec, key, given, path) : member(spec, key, given, path)]);
  }
  return Object.fromEntries(entries.filter(([, decoded]) => decoded !== undefined));
}

/** Rejects names that would set a prototype when the map is copied member by member, and invisible characters. */
function member(spec: FieldSpec, key: string, value: unknown, path: string): unknown {
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
    return member(spec, key, value, path);
  } catch (error) {
    if (error instanceof InvalidValueError) return error;
    throw error;
  }
}

function array(spec: FieldSpec, value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw new InvalidValueError(`${field(path)} must be an array, got ${formatValue(value)}`);
  // In a map of lists, `maxItems` limits the map; the lists have the default limit.
  const most = (spec.map ? undefined : spec.maxItems) ?? MAX_ITEMS;
  if (value.length > most)
    throw new InvalidValueError(`${field(path)} has ${value.length} elements, at most ${most} are allowed`);
  return value
    .map((given: unknown, index) => (given === null ? undefined : element(spec, given, `${path}[${index}]`)))
    .filter((decoded) => decoded !== undefined);
}

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
