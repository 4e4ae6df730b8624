import { JsonPieces } from './json-pieces.js';
import type { JsonStream } from './json-pieces.js';

/**
 * What is known of the JSON of what never changes, `undefined` until somebody asks: short texts of parts of answers,
 * bytes of whole answers and of long parts. Texts of tens of megabytes would cost the process several times their size
 * while they are put together and sent.
 */
const known = new WeakMap<object, string | JsonPieces | undefined>();

/** Objects and arrays that are put together from the JSON of their members. */
const composite = new WeakSet<object>();

/** Answers that are another one with one more member. */
const extensions = new WeakMap<object, { readonly base: object; readonly name: string; readonly member: object }>();

/** Parts with more characters are bytes, shared by all answers that contain them. */
const LONG = 16 * 1024;

/**
 * Promises that this answer, or part of an answer, will never change, so that its JSON is made only once. A list of ten
 * thousand machines is fifty megabytes, of which little changes between two readers. An object made of such parts is
 * put together from their texts. For plain objects and arrays.
 */
export function unchanging<T extends object>(answer: T): T {
  known.set(answer, undefined);
  composite.add(answer);
  return answer;
}

/** Says of an object or array inside an unchanging answer that it has unchanging parts itself, which are then shared. */
export function composed<T extends object>(part: T): T {
  composite.add(part);
  return part;
}

/** An unchanging answer with one more member at its end, whose JSON is not made anew. Both have to be unchanging. */
export function extended<T extends object, N extends string, M extends object>(base: T, name: N, member: M) {
  const answer = { ...base, [name]: member } as T & Record<N, M>;
  extensions.set(answer, { base, name, member });
  return answer;
}

/**
 * The JSON of an answer; the same as `JSON.stringify`, but as bytes, and remembered, where answers never change. Long ones
 * are streams.
 */
export function toJson(answer: unknown): string | Buffer | JsonStream {
  if (answer instanceof JsonPieces) return answer.toPayload();
  if (isShared(answer)) return piecesOf(answer).toPayload();
  if (!Array.isArray(answer) || !answer.some(isShared)) return JSON.stringify(answer);
  return JsonPieces.list(answer.map(piecesOf)).toPayload();
}

/** The JSON of one answer, which may become the element of a list. */
export function piecesOf(answer: unknown): JsonPieces {
  if (!isShared(answer)) return JsonPieces.of(JSON.stringify(answer) ?? 'null');
  const extension = extensions.get(answer);
  if (extension) return piecesOf(extension.base).extended(extension.name, piecesOf(extension.member));
  const found = known.get(answer);
  if (found instanceof JsonPieces) return found;
  const pieces = found === undefined ? assembled(answer) : JsonPieces.of(found);
  known.set(answer, pieces);
  return pieces;
}

const isShared = (value: unknown): value is object => isObject(value) && (known.has(value) || extensions.has(value));
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Puts the JSON of a composite value together. */
function assembled(value: object): JsonPieces {
  const parts: (string | JsonPieces)[] = [];
  write(value, parts);
  return JsonPieces.joined(parts);
}

function write(value: object, parts: (string | JsonPieces)[]): void {
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  let separator = open!;
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    const part = partOf(member) ?? (Array.isArray(value) ? 'null' : undefined);
    if (part === undefined) continue;
    parts.push(Array.isArray(value) ? separator : `${separator}${JSON.stringify(name)}:`);
    separator = ',';
    if (part === COMPOSITE) write(member as object, parts);
    else parts.push(part);
  }
  parts.push(separator === open ? `${open}${close}` : close!);
}

const COMPOSITE = Symbol('composite');

/** The JSON of a member; `undefined` when it has none. */
function partOf(member: unknown): string | JsonPieces | typeof COMPOSITE | undefined {
  if (!isObject(member)) return JSON.stringify(member);
  if (known.has(member)) return known.get(member) ?? remember(member);
  return composite.has(member) ? COMPOSITE : JSON.stringify(member);
}

function remember(part: object): string | JsonPieces {
  const pieces = assembled(part);
  const kept = pieces.length > LONG ? pieces : pieces.toString();
  known.set(part, kept);
  return kept;
}
