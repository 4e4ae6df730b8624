import { copyOf } from '../../shared/copy-of.js';

/**
 * The JSON value of `value`, as a database would return it: equal to `JSON.parse(JSON.stringify(value))`, in objects of
 * its own. Parts that are identical to a part of `before`, the JSON value that it replaces, are taken over and not
 * copied: a change of one field costs one field, and consumers recognize what did not change. Throws TypeError for what
 * JSON cannot express, such as a BigInt or a cycle.
 */
export function storedValue(value: unknown, before?: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || isSameObject(value, before)) {
    return value;
  }
  if (Array.isArray(value)) return storedArray(value, before);
  return isPlain(value) ? storedObject(value, before) : throughJson(value);
}

/** Elements are recognized at any position, because histories grow at their beginning. */
function storedArray(elements: readonly unknown[], before: unknown): readonly unknown[] {
  const known = Array.isArray(before) ? new Set<unknown>(before.filter(isObject)) : undefined;
  const copy: unknown[] = [];
  // Not `for … of`: a gap is an element, too.
  for (let index = 0; index < elements.length; index++) {
    const element = elements[index];
    copy.push(known?.has(element) ? element : (storedValue(element) ?? null));
  }
  return copy;
}

function storedObject(object: Readonly<Record<string, unknown>>, before: unknown): Record<string, unknown> {
  const previous = isPlain(before) ? before : undefined;
  const copy = Object.values(object).every(hasJson) ? copyOf(object) : withoutAbsent(object);
  for (const name of Object.keys(copy)) {
    const member = copy[name];
    const stored = storedValue(member, previous && Object.hasOwn(previous, name) ? previous[name] : undefined);
    if (!Object.is(stored, member)) copy[name] = stored; // an own member already, even `__proto__`
  }
  return copy;
}

const withoutAbsent = (object: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([, member]) => hasJson(member)));

/** Numbers, and objects that define their JSON themselves, such as Date. */
function throughJson(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null; // JSON has no negative zero
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? undefined : JSON.parse(json);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isSameObject = (value: unknown, before: unknown): boolean => value === before && isObject(value);

const hasJson = (member: unknown): boolean =>
  member !== undefined && typeof member !== 'function' && typeof member !== 'symbol';

function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isObject(value) || Array.isArray(value) || 'toJSON' in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
