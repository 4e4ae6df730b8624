import fc from 'fast-check';
import { oddNumber, oddText, oddTime } from './odd-texts.js';

type Path = readonly (string | number)[];

/** Marks a member that `mutantOf` removes. */
const GONE = Symbol('gone');

/**
 * Returns the value with one or two of its parts, at any depth, replaced by an odd value, swapped with another part, or
 * removed. Such requests get much further than random ones, because everything but the changed part is valid.
 */
export function mutantOf(value: unknown): fc.Arbitrary<unknown> {
  const parts = partsOf(value, []);
  const texts = [...new Set(parts.map((path) => at(value, path)).filter((part) => typeof part === 'string'))];
  const change = fc
    .constantFrom(...parts)
    .chain((path) => replacementOf(at(value, path), texts).map((part) => ({ path, part })));
  return fc
    .array(change, { minLength: 1, maxLength: 2 })
    .map((changes) => changes.reduce((result, { path, part }) => withPart(result, path, part), value));
}

/** Paths of all parts, including the value itself. */
function partsOf(value: unknown, path: Path): Path[] {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const key = (name: string): string | number => (Array.isArray(value) ? Number(name) : name);
  return [path, ...members.flatMap(([name, member]) => partsOf(member, [...path, key(name)]))];
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((part, key) => (part as Record<string | number, unknown>)[key], value);

/** Returns a changed copy; unchanged if an earlier change has removed the target of the path. */
function withPart(value: unknown, [key, ...rest]: Path, part: unknown): unknown {
  if (key === undefined) return part === GONE ? undefined : part;
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== (typeof key === 'number')) return value;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string | number, unknown>;
  const changed = rest.length === 0 ? part : withPart(copy[key], rest, part);
  if (changed === GONE) delete copy[key];
  else copy[key] = changed;
  return Array.isArray(copy) ? copy.filter(() => true) : copy;
}

function replacementOf(part: unknown, texts: readonly unknown[]): fc.Arbitrary<unknown> {
  const anything = fc.oneof(fc.constantFrom<unknown[]>(null, true, 0, '', [], {}, GONE), fc.jsonValue({ maxDepth: 2 }));
  return fc.oneof({ weight: 2, arbitrary: alikeOf(part, texts) }, { weight: 1, arbitrary: anything });
}

/** An odd value of the same type. */
function alikeOf(part: unknown, texts: readonly unknown[]): fc.Arbitrary<unknown> {
  if (typeof part === 'string') {
    const edited = fc.tuple(oddText, fc.boolean()).map(([text, before]) => (before ? text + part : part + text));
    const cased = fc.constantFrom(part.toUpperCase(), part.toLowerCase(), part.slice(0, -1), ` ${part} `);
    return fc.oneof(oddText, oddTime, edited, cased, fc.constantFrom(...texts));
  }
  if (typeof part === 'number') return fc.oneof(oddNumber, fc.constantFrom(part + 1, part - 1, -part, part * 2));
  if (typeof part === 'boolean') return fc.constant(!part);
  if (Array.isArray(part)) {
    const items = part as unknown[];
    return fc.oneof(
      fc.constantFrom<unknown[]>([...items, ...items], [...items].reverse(), items.slice(1), [items]),
      oddText.map((text) => [...items, text]),
    );
  }
  return fc
    .tuple(oddText, fc.jsonValue({ maxDepth: 1 }))
    .map(([name, member]) => ({ ...(part as object), [name]: member }));
}
