import { isUtf8 } from 'node:buffer';
import type { BodyLimits } from './limits.js';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  isSpace,
  OPEN_BRACE,
  OPEN_BRACKET,
  OpenContainer,
  parsePiece,
  PIECE,
  QUOTE,
} from './open-container.js';

/**
 * Parses the first JSON value of a body and ignores the rest, like Go's decoder. Pauses after each `piece` of bytes,
 * which takes about a millisecond. Limits are checked while the bytes are read, before what exceeds them is allocated:
 * the parser alone would need seconds for millions of empty objects. Throws SyntaxError: `EOF` for a body without a
 * value, `unexpected EOF` for an incomplete one, otherwise the reason.
 */
export function* firstJsonSteps(body: Uint8Array, limits: BodyLimits, piece = PIECE): Generator<undefined, unknown> {
  if (!isUtf8(body)) throw new SyntaxError('the body is not valid UTF-8');
  const start = startOfValue(body);
  if (start === body.length) throw new SyntaxError('EOF');
  if (startsScalar(body[start]!)) return parsePiece(body, start, endOfScalar(body, start));
  const open: OpenContainer[] = [];
  let values = 0;
  /** End of the last bracket, comma or text. */
  let known = start;
  let pause = start + piece;
  for (let at = start; at < body.length; at++) {
    if (at >= pause) {
      yield;
      pause = at + piece;
    }
    const byte = body[at];
    if (!isStructure(byte)) continue;
    if (at - known > MAX_GAP) throw gapTooLong();
    known = at + 1;
    if (byte === QUOTE) {
      const end = endOfText(body, at, piece);
      if (end === undefined) {
        const text = yield* longText(body, at, piece);
        if (open.length === 0) return text.value;
        open.at(-1)!.addLong(text.value, at, text.end);
        known = text.end;
      } else if (open.length === 0) return parsePiece(body, at, end);
      else known = end;
      at = known - 1;
    } else if (byte === COMMA) {
      if (++values > limits.values) throw tooMany(limits);
      open.at(-1)!.addComma(at);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++values > limits.values) throw tooMany(limits);
      if (open.length >= limits.depth) throw tooDeep(limits);
      open.push(new OpenContainer(body, at, piece));
    } else {
      const container = open.pop()!;
      const value = container.close(at);
      if (open.length === 0) return value === undefined ? parsePiece(body, start, at + 1) : value;
      if (value !== undefined) open.at(-1)!.addLong(value, container.start, at + 1);
    }
  }
  throw new SyntaxError('unexpected EOF');
}

/** Maximum number of bytes that are neither texts nor commas nor brackets in a row; no number is longer. */
const MAX_GAP = 64 * 1024;

const gapTooLong = (): SyntaxError =>
  new SyntaxError(`the body has too much white space or too long a number, at most ${MAX_GAP} bytes are allowed`);

const tooMany = ({ values }: BodyLimits): SyntaxError =>
  new SyntaxError(`the body has too many values, at most ${values} are allowed`);

const tooDeep = ({ depth }: BodyLimits): SyntaxError =>
  new SyntaxError(`the body is nested too deep, at most ${depth} levels are allowed`);

/** Index of the first byte that is neither white space nor part of a byte order mark. */
function startOfValue(body: Uint8Array): number {
  const start = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  return endOfGap(body, start, (byte) => !isSpace(byte));
}

const startsScalar = (byte: number): boolean => byte !== QUOTE && byte !== OPEN_BRACE && byte !== OPEN_BRACKET;

function endOfScalar(body: Uint8Array, start: number): number {
  const end = endOfGap(body, start, (byte) => isSpace(byte) || isStructure(byte));
  return Math.max(end, start + 1); // a comma or closing bracket is no value, which the parser says
}

function endOfGap(body: Uint8Array, start: number, ends: (byte: number) => boolean): number {
  let at = start;
  while (at < body.length && !ends(body[at]!)) if (++at - start > MAX_GAP) throw gapTooLong();
  return at;
}

const isStructure = (byte: number | undefined): boolean =>
  byte === QUOTE ||
  byte === COMMA ||
  byte === OPEN_BRACE ||
  byte === CLOSE_BRACE ||
  byte === OPEN_BRACKET ||
  byte === CLOSE_BRACKET;

/** Index after a text; undefined if it is longer than `piece`, or not complete. */
function endOfText(body: Uint8Array, start: number, piece: number): number | undefined {
  const stop = Math.min(body.length, start + piece);
  for (let at = start + 1; at < stop; at++) {
    const byte = body[at];
    if (byte === BACKSLASH) at++;
    else if (byte === QUOTE) return at + 1;
  }
  return undefined;
}

/** Parses a text in pieces, between which there is neither half a character nor half an escape. */
function* longText(
  body: Uint8Array,
  start: number,
  piece: number,
): Generator<undefined, { readonly value: string; readonly end: number }> {
  let value = '';
  for (let from = start + 1; ;) {
    const to = endOfTextPiece(body, from, piece);
    if (to >= body.length) throw new SyntaxError('unexpected EOF');
    value += parsePiece(body, from, to, '"', '"') as string;
    if (body[to] === QUOTE) return { value, end: to + 1 };
    from = to;
    yield;
  }
}

/** Index of the quote that ends the text, or of the first character that does not belong to the piece. */
function endOfTextPiece(body: Uint8Array, from: number, piece: number): number {
  let at = from;
  while (at < body.length && body[at] !== QUOTE && (at - from < piece || isInsideCharacter(body[at]!))) {
    if (body[at] !== BACKSLASH) at++;
    else at += body[at + 1] === UNICODE ? UNICODE_LENGTH : 2;
  }
  return at;
}

/** The escape of a code unit, `\u0041`. */
const [UNICODE, UNICODE_LENGTH] = [0x75, 6];

const isInsideCharacter = (byte: number): boolean => (byte & 0xc0) === 0x80;
