import { isUtf8 } from 'node:buffer';
import type { BodyLimits } from './limits.js';

/**
 * Parses the first JSON value of a body and ignores the rest, like Go's decoder. Limits are checked in one pass over
 * the bytes before anything is allocated: the parser alone would need seconds for millions of empty objects. Throws
 * SyntaxError: `EOF` for a body without a value, `unexpected EOF` for an incomplete one, otherwise the reason.
 */
export function parseFirstJson(body: Uint8Array, limits: BodyLimits): unknown {
  if (!isUtf8(body)) throw new SyntaxError('the body is not valid UTF-8');
  const start = startOfValue(body);
  if (start === body.length) throw new SyntaxError('EOF');
  const end = endOfValue(body, start, limits);
  if (end === undefined) throw new SyntaxError('unexpected EOF');
  try {
    return JSON.parse(UTF8.decode(body.subarray(start, end))) as unknown;
  } catch (error) {
    throw new SyntaxError(`the body is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

const [QUOTE, BACKSLASH, COMMA, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
];

/** Index of the first byte that is neither white space nor part of a byte order mark. */
function startOfValue(body: Uint8Array): number {
  let at = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  while (at < body.length && isSpace(body[at]!)) at++;
  return at;
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Index after the value; undefined if the body ends within it. Considers only brackets, commas and texts. */
function endOfValue(body: Uint8Array, start: number, limits: BodyLimits): number | undefined {
  const first = body[start];
  if (first === QUOTE) return endOfText(body, start);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return endOfScalar(body, start);
  let depth = 0;
  let values = 0;
  for (let at = start; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) {
      const end = endOfText(body, at);
      if (end === undefined) return undefined;
      at = end - 1;
    } else if (byte === COMMA) {
      if (++values > limits.values) throw tooMany(limits);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++values > limits.values) throw tooMany(limits);
      if (++depth > limits.depth) throw tooDeep(limits);
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (--depth === 0) return at + 1;
    }
  }
  return undefined;
}

const tooMany = ({ values }: BodyLimits): SyntaxError =>
  new SyntaxError(`the body has too many values, at most ${values} are allowed`);

const tooDeep = ({ depth }: BodyLimits): SyntaxError =>
  new SyntaxError(`the body is nested too deep, at most ${depth} levels are allowed`);

function endOfText(body: Uint8Array, start: number): number | undefined {
  for (let at = start + 1; at < body.length; at++) {
    const byte = body[at];
    if (byte === BACKSLASH) at++;
    else if (byte === QUOTE) return at + 1;
  }
  return undefined;
}

function endOfScalar(body: Uint8Array, start: number): number {
  let at = start;
  while (at < body.length && !endsScalar(body[at]!)) at++;
  return at === start ? body.length : at;
}

const endsScalar = (byte: number): boolean =>
  isSpace(byte) ||
  byte === QUOTE ||
  byte === COMMA ||
  byte === OPEN_BRACE ||
  byte === CLOSE_BRACE ||
  byte === OPEN_BRACKET ||
  byte === CLOSE_BRACKET;
