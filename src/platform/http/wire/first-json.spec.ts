import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runAtOnce } from '../../../shared/event-loop.js';
import { firstJsonSteps } from './first-json.js';
import { DEFAULT_LIMITS } from './limits.js';
import { PIECE } from './open-container.js';

const BYTES = 2 * 1024 * 1024;

const parse = (body: string, piece?: number): unknown =>
  runAtOnce(firstJsonSteps(Buffer.from(body), DEFAULT_LIMITS, piece));

const refusal = (body: string, piece?: number): string => {
  try {
    parse(body, piece);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
  throw new Error('was not refused');
};

/** The same value with ordinary prototypes. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const filled = (open: string, part: string, close: string): string =>
  open + part.repeat(Math.floor(BYTES / part.length)) + close;

/** The largest bodies within the limits, by what makes them expensive. */
const EXPENSIVE: Readonly<Record<string, string>> = {
  'one text': filled('{"id":"', 'a', '"}'),
  'escapes of letters': filled('{"id":"', '\\u0041', '"}'),
  'escapes of quotes': filled('{"id":"', '\\"', '"}'),
  'characters of several bytes': filled('{"id":"', 'ü', '"}'),
  'a text that is no member': filled('"', '\\n', '"'),
  'many texts': `{"tags":[${Array.from({ length: 9000 }, () => `"${'\\u4e00'.repeat(38)}"`).join(',')}]}`,
  'many names': `{${Array.from({ length: 9000 }, (_, at) => `"${'\\u0041'.repeat(36)}${at}":0`).join(',')}}`,
  'nested lists': `${'['.repeat(20)}${Array.from({ length: 9000 }, () => ' '.repeat(230)).join('0,')}0${']'.repeat(20)}`,
};

afterEach(() => void vi.restoreAllMocks());

describe('a long body', () => {
  it.each(Object.keys(EXPENSIVE))('is parsed in short pieces, with pauses: %s', (kind) => {
    const body = EXPENSIVE[kind]!;
    const parser = vi.spyOn(JSON, 'parse');
    const steps = firstJsonSteps(Buffer.from(body), DEFAULT_LIMITS);
    let pauses = 0;
    let longest = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      pauses++;
      const parsed = parser.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
      longest = Math.max(longest, parsed);
      parser.mockClear();
    }
    parser.mockRestore();
    expect(plain(step.value)).toEqual(JSON.parse(body));
    expect(pauses).toBeGreaterThanOrEqual(Math.floor(body.length / (2 * PIECE)));
    expect(longest).toBeLessThanOrEqual(3 * PIECE);
  });

  it.each([
    ['white space', `{"id":${' '.repeat(70_000)}1}`],
    ['white space before the value', `${' '.repeat(70_000)}{}`],
    ['white space before the end', `[[1]${' '.repeat(70_000)}]`],
    ['a number', `[${'1'.repeat(70_000)}]`],
    ['a number alone', '1'.repeat(70_000)],
  ])('has a limited length of %s', (_, body) =>
    expect(refusal(body)).toBe(
      'the body has too much white space or too long a number, at most 65536 bytes are allowed',
    ),
  );

  it('is not read beyond a first byte that begins no value', () => {
    const parser = vi.spyOn(JSON, 'parse');
    expect(refusal(`}${'ü'.repeat(BYTES)}`)).toMatch(/^the body is not valid JSON/);
    expect(parser.mock.calls).toEqual([['}']]);
  });

  it('has names of limited length', () => {
    const name = (length: number): string => JSON.stringify({ a: { b: 1, ['n'.repeat(length)]: 1 } });
    expect(parse(name(PIECE - 2))).toHaveProperty('a');
    expect(refusal(name(PIECE))).toBe(`the body has a name of ${PIECE} bytes, at most ${PIECE} are allowed`);
  });

  it('sets no prototype', () => {
    const parsed = parse(`{"a":"${'x'.repeat(PIECE)}","__proto__":{"admin":true}}`) as Record<string, unknown>;
    expect(parsed['admin']).toBeUndefined();
    expect(Object.keys(parsed)).toEqual(['a', '__proto__']);
  });

  it('has the last of several members with the same name', () => {
    const long = 'x'.repeat(PIECE);
    expect(parse(`{"a":1,"b":"${long}","a":2}`)).toMatchObject({ a: 2, b: long });
    expect(parse(`{"a":"${long}","b":0,"a":2}`)).toMatchObject({ a: 2 });
    expect(parse(`{"a":2,"b":0,"a":"${long}"}`)).toMatchObject({ a: long });
  });

  it.each([
    ['an element without a comma', (long: string) => `["${long}" 1]`],
    ['two long elements without a comma', (long: string) => `["${long}""${long}"]`],
    ['a comma at the end', (long: string) => `["${long}",]`],
    ['a comma at the begin', (long: string) => `[,"${long}"]`],
    ['two commas', (long: string) => `["${long}",,1]`],
    ['a member without a name', (long: string) => `{"a":1,["${long}"]}`],
    ['a member without a colon', (long: string) => `{"a" ["${long}"]}`],
    ['a member without a value', (long: string) => `{"a":["${long}"],"b"}`],
    ['an element with a name', (long: string) => `["a":["${long}"]]`],
    ['the wrong bracket', (long: string) => `["${long}"}`],
    ['an unknown escape', (long: string) => `["${long}\\x"]`],
    ['an invalid number', (long: string) => `[${'"x",'.repeat(long.length / 4)}01]`],
  ])('is invalid, and the message says where: %s', (_, body) =>
    expect(refusal(body('x'.repeat(PIECE)))).toMatch(
      /^the body is not valid JSON(: .+,)? between its bytes \d+ and \d+/,
    ),
  );
});

/** JSON with short names and any values, with white space in places. */
const json = fc
  .tuple(
    fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        fc.oneof(fc.string({ maxLength: 60, unit: 'binary' }), fc.string({ maxLength: 60 }), fc.double(), fc.integer()),
        fc.constantFrom(null, true, '"\\"\\\\', '\u0001\u2028\ud83d'),
        fc.array(tie('value'), { maxLength: 6 }),
        fc.dictionary(fc.string({ maxLength: 2 }), tie('value'), { maxKeys: 6 }),
      ),
    })).value,
    fc.constantFrom(undefined, 1),
    fc.boolean(),
  )
  .map(([value, indent, escaped]) => {
    const text = JSON.stringify(value, null, indent);
    return escaped ? text.replace(/[^ -~\n]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : text;
  });

const piece = fc.integer({ min: 16, max: 64 });

describe('any body in pieces', () => {
  it('has the value that it has as a whole', () =>
    fc.assert(
      fc.property(json, piece, (text, length) => {
        expect(plain(parse(text, length))).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    ));

  it('is refused if it is refused as a whole', () =>
    fc.assert(
      fc.property(
        json,
        piece,
        fc.nat(),
        fc.constantFrom('', ',', ':', '"', '[', ']', '{', '}', '0', '\\', ' 1', ',,'),
        (text, length, where, part) => {
          const at = where % (text.length + 1);
          const changed = text.slice(0, at) + part + text.slice(at + 1);
          const [whole, pieces] = [outcome(changed), outcome(changed, length)];
          expect(pieces).toEqual(whole);
        },
      ),
      { numRuns: 5000 },
    ));
});

/** The value, or that there is none: a broken body may be incomplete as a whole, and invalid before its end. */
function outcome(body: string, piece?: number): unknown {
  try {
    return { value: plain(parse(body, piece)) };
  } catch (error) {
    if (error instanceof SyntaxError) return 'refused';
    throw error;
  }
}
