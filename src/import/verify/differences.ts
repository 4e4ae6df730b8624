/** One place where two answers differ. */
export interface Difference {
  /** Where in the answer, without positions and ids: `allocation.networks[].asn`. */
  readonly path: string;
  readonly old: unknown;
  readonly now: unknown;
  /** What the elements of lists on the way there are known by, outermost first. */
  readonly at: readonly string[];
}

/** A member or element that is not there. */
export const ABSENT = Symbol('absent');

/** What elements of a list are known by, the first that all of them have; in this order. */
const KEYS: readonly ((value: Json) => unknown)[] = [
  (value) => textOf(value['id']) && `${textOf(value['id'])} ${textOf(value['partitionid'])}`,
  (value) => (value['meta'] as Json | undefined)?.['id'],
  (value) => value['ipaddress'],
  (value) => value['networkid'],
  (value) => value['machine_id'],
  (value) => value['identifier'],
  (value) => value['mac'],
  (value) => value['size'],
];

type Json = Readonly<Record<string, unknown>>;

/** Lists of which the old server does not keep the order. */
const SETS = new Set([
  'tags',
  'usedby',
  'features',
  'cidrs',
  'vnis',
  'partitionids',
  'faultymachines',
  'othermachines',
]);

/**
 * All places where two answers differ. Elements that have an id are compared with those of the same id, wherever they
 * are; others by their place, but for sets. Instants are the same when they are so to the millisecond.
 */
export function* differences(old: unknown, now: unknown, path = '', at: readonly string[] = []): Iterable<Difference> {
  if (Object.is(old, now) || isSameInstant(old, now)) return;
  if (Array.isArray(old) && Array.isArray(now)) yield* ofLists(old, now, path, at);
  else if (isObject(old) && isObject(now)) yield* ofObjects(old, now, path, at);
  else yield { path, old, now, at };
}

function* ofObjects(old: Json, now: Json, path: string, at: readonly string[]): Iterable<Difference> {
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const inner = path === '' ? name : `${path}.${name}`;
    const [left, right] = [old, now].map((side) => (Object.hasOwn(side, name) ? side[name] : ABSENT));
    yield* differences(left, right, inner, at);
  }
}

function* ofLists(
  old: readonly unknown[],
  now: readonly unknown[],
  path: string,
  at: readonly string[],
): Iterable<Difference> {
  const inner = `${path}[]`;
  const name = path.slice(path.lastIndexOf('.') + 1);
  const key = keyOf([...old, ...now]);
  if (key === undefined) {
    const [left, right] = SETS.has(name) ? [sorted(old), sorted(now)] : [old, now];
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
      const [before, after] = [left, right].map((side) => (index < side.length ? side[index] : ABSENT));
      yield* differences(before, after, inner, at);
    }
    return;
  }
  const [left, right] = [keyed(old, key), keyed(now, key)];
  for (const id of new Set([...left.keys(), ...right.keys()])) {
    const [before, after] = [left, right].map((side) => (side.has(id) ? side.get(id) : ABSENT));
    yield* differences(before, after, inner, [...at, id.trim()]);
  }
}

const keyOf = (elements: readonly unknown[]): ((value: Json) => unknown) | undefined =>
  elements.every(isObject)
    ? KEYS.find((key) => {
        const values = elements.map((element) => key(element));
        return values.every((value) => typeof value === 'string' && value !== '');
      })
    : undefined;

/** By key; of several with the same one, by the key and their position. */
function keyed(elements: readonly unknown[], key: (value: Json) => unknown): Map<string, unknown> {
  const byKey = new Map<string, unknown>();
  for (const element of elements) {
    let id = textOf(key(element as Json));
    while (byKey.has(id)) id += '\0';
    byKey.set(id, element);
  }
  return byKey;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

const isSameInstant = (old: unknown, now: unknown): boolean =>
  typeof old === 'string' &&
  typeof now === 'string' &&
  INSTANT.test(old) &&
  INSTANT.test(now) &&
  Date.parse(old) === Date.parse(now);

const sorted = (list: readonly unknown[]): unknown[] =>
  [...list].sort((a, b) => {
    const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
