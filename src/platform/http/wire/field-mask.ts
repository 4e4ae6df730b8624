import type { Type } from '@nestjs/common';
import { malformed } from '../../../shared/errors/domain-error.js';
import { quoteText } from '../../../shared/text.js';
import { fieldsOf } from './field.js';
import type { FieldSpec } from './field.js';

/** Longest mask, in characters. */
const MAX_LENGTH = 4096;
const MAX_FIELDS = 64;
const MAX_DEPTH = 8;

/** The fields of a response that a caller wants, by name; `all` is a field with everything in it. */
export type FieldMask = ReadonlyMap<string, FieldMask | 'all'>;

type Draft = Map<string, Draft | 'all'>;

/**
 * Reads a comma-separated list of fields, such as `id,allocation.project`; a path goes through lists, not into maps. Throws
 * `malformed` for what the wire class does not have, with the fields that it has.
 */
export function parseFieldMask(text: string, type: Type): FieldMask {
  if (text.length > MAX_LENGTH) throw malformed(`fields are too long, expected at most ${MAX_LENGTH} characters`);
  const paths = text.split(',').map((path) => path.trim());
  if (paths.length > MAX_FIELDS) throw malformed(`too many fields, expected at most ${MAX_FIELDS}`);
  const mask: Draft = new Map();
  for (const path of paths) add(mask, path, type);
  return mask;
}

/** The value with the fields of the mask, for JSON. */
export function applyFieldMask(value: unknown, mask: FieldMask): unknown {
  if (Array.isArray(value)) return value.map((element) => applyFieldMask(element, mask));
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  for (const [name, inner] of mask) {
    if (Object.hasOwn(object, name))
      result[name] = inner === 'all' ? object[name] : applyFieldMask(object[name], inner);
  }
  return result;
}

function add(mask: Draft, path: string, type: Type): void {
  const names = path.split('.');
  if (names.length > MAX_DEPTH)
    throw malformed(`field ${quoteText(path, 60)} is too deep, expected at most ${MAX_DEPTH} names`);
  let at = mask;
  let owner: Type | undefined = type;
  for (const [depth, name] of names.entries()) {
    const field = fieldOf(owner, name, path, names.slice(0, depth).join('.'));
    const known = at.get(field.name);
    if (known === 'all') return;
    if (depth === names.length - 1) return void at.set(field.name, 'all');
    const inner: Draft = known ?? new Map<string, Draft | 'all'>();
    at.set(field.name, inner);
    at = inner;
    owner = field.map || typeof field.type !== 'function' ? undefined : field.type();
  }
}

/** `parent` is the path of the owner; an owner without fields is undefined. */
function fieldOf(owner: Type | undefined, name: string, path: string, parent: string): FieldSpec {
  const place = parent === '' ? '' : ` in ${parent}`;
  if (owner === undefined)
    throw malformed(`field ${quoteText(path, 60)} is unknown: ${parent} can only be had as a whole`);
  const fields = fieldsOf(owner);
  const field = fields.get(name.toLowerCase());
  if (field) return field;
  const names = [...fields.values()].map((spec) => spec.name).sort();
  throw malformed(`field ${quoteText(path, 60)} is unknown, expected${place} one of ${names.join(', ')}`);
}
