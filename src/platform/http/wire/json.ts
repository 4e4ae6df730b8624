import { JsonPieces } from './json-pieces.js';
import { KeptBytes } from './kept-bytes.js';
import { ResponseJson } from './response-json.js';

/**
 * The cached JSON of immutable values, `undefined` until first used: text for short parts of responses, bytes for whole
 * responses and long parts. Texts of tens of megabytes would take several times their size while they are joined and
 * sent.
 */
const known = new WeakMap<object, string | JsonPieces | undefined>();

/** Objects and arrays that are assembled from the JSON of their members. */
const composite = new WeakSet<object>();

/** Parts with more characters are kept as bytes, shared by all responses that contain them. */
const LONG = 16 * 1024;

/**
 * Declares that this response, or part of a response, will never change, so that its JSON is cached. A list of ten
 * thousand machines has fifty megabytes, of which little changes between two readers. An object made of such parts is
 * assembled from their texts. For plain objects and arrays.
 */
export function withCachedJson<T extends object>(answer: T): T {
  known.set(answer, undefined);
  composite.add(answer);
  return answer;
}

/** Declares that an object or array inside an immutable response has immutable parts itself, which are then shared. */
export function withCachedParts<T extends object>(part: T): T {
  composite.add(part);
  return part;
}

/**
 * An immutable response of which only the bytes are kept, once they were asked for: as an object it would take several times as
 * much. It is made again for those who need more than its JSON.
 */
export class KeptAnswer<T extends object> {
  private pieces: JsonPieces | undefined;

  /** Members that other responses share may be kept answers themselves. */
  constructor(private readonly make: () => WithKeptMembers<T>) {}

  /** The response as an object of the caller's own. */
  get value(): T {
    const value = this.make();
    for (const name in value) {
      const member: unknown = value[name];
      if (member instanceof KeptAnswer) (value as Record<string, unknown>)[name] = member.value;
    }
    return value as T;
  }

  get json(): JsonPieces {
    if (this.pieces) return this.pieces;
    const pieces = assembled(this.make());
    this.pieces = pieces;
    keptAnswers.add(this, pieces.ownLength);
    return pieces;
  }

  /** The same, without keeping it: for those who keep it themselves, in another form. */
  get freshJson(): JsonPieces {
    if (this.pieces) return this.pieces;
    const pieces = assembled(this.make());
    this.forget(); // so that others do not remember an answer without bytes
    return pieces;
  }

  toJSON(): T {
    return this.value;
  }

  /** Called when the bytes are not kept any more; they are made again when they are asked for. */
  forget(): void {
    this.pieces = undefined;
  }
}

type WithKeptMembers<T> = { [K in keyof T]: T[K] extends object ? T[K] | KeptAnswer<T[K]> : T[K] };

/** Bytes of all kept answers together. The responses of ten thousand machines take fifty megabytes. */
const keptAnswers = new KeptBytes(48 * 1024 * 1024);

/**
 * The JSON of a response; equals `JSON.stringify`, but immutable responses are pieces, which are cached as bytes.
 */
export function encodeJson(answer: unknown): string | ResponseJson {
  if (answer instanceof ResponseJson) return answer;
  if (isShared(answer)) return jsonPiecesOf(answer);
  if (!Array.isArray(answer) || !answer.some(isShared)) return JSON.stringify(answer);
  return JsonPieces.list(answer.map(jsonPiecesOf));
}

/** The JSON of one response, which may become an element of a list. */
export function jsonPiecesOf(answer: unknown): JsonPieces {
  if (answer instanceof JsonPieces) return answer;
  if (!isShared(answer)) return JsonPieces.of(JSON.stringify(answer) ?? 'null');
  if (answer instanceof KeptAnswer) return answer.json;
  const found = known.get(answer);
  if (found instanceof JsonPieces) return found;
  const pieces = found === undefined ? assembled(answer) : JsonPieces.of(found);
  known.set(answer, pieces);
  return pieces;
}

/** Like `jsonPiecesOf`, without keeping the bytes of a kept answer. */
export const freshPiecesOf = (answer: unknown): JsonPieces =>
  answer instanceof KeptAnswer ? answer.freshJson : jsonPiecesOf(answer);

const isShared = (value: unknown): value is object =>
  isObject(value) && (value instanceof KeptAnswer || known.has(value));
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Assembles the JSON of a composite value. */
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

/** The JSON of a member; `undefined` if it has none. */
function partOf(member: unknown): string | JsonPieces | typeof COMPOSITE | undefined {
  if (!isObject(member)) return JSON.stringify(member);
  if (member instanceof KeptAnswer) return textOrPieces(member.json);
  if (known.has(member)) return known.get(member) ?? remember(member);
  return composite.has(member) ? COMPOSITE : JSON.stringify(member);
}

function remember(part: object): string | JsonPieces {
  const kept = textOrPieces(assembled(part));
  known.set(part, kept);
  return kept;
}

const textOrPieces = (pieces: JsonPieces): string | JsonPieces => (pieces.length > LONG ? pieces : pieces.toString());
