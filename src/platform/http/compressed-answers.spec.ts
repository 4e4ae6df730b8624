import { randomBytes } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CompressedAnswers } from './compressed-answers.js';
import type { Encoded } from './compressed-answers.js';
import { JsonPieces } from './wire/json-pieces.js';

const answer = (name: string): JsonPieces =>
  JsonPieces.list(Array.from({ length: 2000 }, () => JsonPieces.of(`{"name":"${name}"}`)));

const ask = (answers: CompressedAnswers, json: JsonPieces, accepted = 'gzip'): Promise<Encoded | undefined> =>
  new Promise((resolve) => answers.of(json, accepted, resolve));

describe('compressed responses', () => {
  it.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ])('%s unpacks to the response', async (encoding, unpack) => {
    const { bytes, ...rest } = (await ask(new CompressedAnswers(), answer('a'), encoding))!;
    expect(rest).toEqual({ encoding });
    expect(unpack(bytes).toString()).toBe(answer('a').toString());
  });

  it('are made once for all who ask, and kept', async () => {
    const answers = new CompressedAnswers();
    const together = await Promise.all([ask(answers, answer('a')), ask(answers, answer('a'))]);
    const later = await ask(answers, answer('a'));
    expect(together[1]!.bytes).toBe(together[0]!.bytes);
    expect(later!.bytes).toBe(together[0]!.bytes);
    expect((await ask(answers, answer('b')))!.bytes).not.toEqual(later!.bytes);
    expect((await ask(answers, answer('a'), 'br'))!.bytes).not.toEqual(later!.bytes);
  });

  it('are two at a time; others are not waited for', async () => {
    const answers = new CompressedAnswers();
    const [first, second, third] = await Promise.all(['a', 'b', 'c'].map((name) => ask(answers, answer(name))));
    expect([first?.encoding, second?.encoding, third]).toEqual(['gzip', 'gzip', undefined]);
    expect((await ask(answers, answer('c')))?.encoding).toBe('gzip');
  });

  it('are not used when they are no shorter', async () => {
    const noise = JsonPieces.of(randomBytes(100_000).toString('latin1'));
    const bytes = new CompressedAnswers();
    expect(await ask(bytes, JsonPieces.of('1'))).toBeUndefined();
    expect((await ask(bytes, noise))?.bytes.length ?? 0).toBeLessThan(noise.length);
  });
});
