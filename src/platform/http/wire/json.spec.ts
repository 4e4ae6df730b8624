import { describe, expect, it } from 'vitest';
import { composed, extended, toJson, unchanging } from './json.js';
import { JsonStream } from './json-pieces.js';

const VALUES = [
  [],
  [1, 'a', null, undefined, { b: [2] }],
  { a: 1, none: undefined, 'odd "key"': { deep: [{}] } },
  'text',
  null,
  true,
  [[[1], [2]]],
];

/** As the client reads it. */
const sent = (answer: unknown): string => (toJson(answer) as Buffer).toString();

describe('the JSON of answers', () => {
  it.each(VALUES)('is that of JSON.stringify: %j', (answer) => expect(toJson(answer)).toBe(JSON.stringify(answer)));

  it.each(VALUES.filter((value) => typeof value === 'object' && value !== null))(
    'is that of JSON.stringify for an unchanging answer: %j',
    (answer) => {
      const parts = { list: unchanging(structuredClone(answer) as object), gone: undefined, plain: answer };
      expect(sent(unchanging(parts))).toBe(JSON.stringify(parts));
      expect(sent([parts, parts])).toBe(JSON.stringify([parts, parts]));
    },
  );

  it('is made once for what never changes, also as a part of something else', () => {
    let made = 0;
    const counted = { toJSON: () => ++made };
    const part = unchanging({ counted });
    expect([sent(part), sent([part]), sent(unchanging({ part }))]).toEqual([
      '{"counted":1}',
      '[{"counted":1}]',
      '{"part":{"counted":1}}',
    ]);
    expect([toJson(counted), toJson([counted])]).toEqual(['2', '[3]']);
  });

  it('may mix what changes with what does not, in any script', () => {
    const answers = [{ a: 'ü' }, unchanging({ b: '日' }), undefined, 'c'];
    expect(sent(answers)).toBe(JSON.stringify(answers));
  });

  it('is bytes where answers never change: texts of long lists would take several times their size', () => {
    const answer = unchanging({ a: 1 });
    expect([toJson(answer), toJson([answer])].every((made) => Buffer.isBuffer(made))).toBe(true);
    expect(toJson(answer)).toBe(toJson(answer));
  });
});

describe('parts that answers share', () => {
  const filter = unchanging({ cidrs: Array.from({ length: 5000 }, (_, at) => `10.${at >> 8}.${at & 255}.0/24`) });
  const port = (name: string) => composed({ name, none: undefined, filter, list: composed([undefined, filter, 1]) });

  it('are written as JSON.stringify writes them, at any depth', () => {
    const answer = unchanging({ id: 'a', ports: composed([port('swp1'), port('swp2'), null]), empty: composed([]) });
    expect(sent(answer)).toBe(JSON.stringify(answer));
    expect(sent([answer, answer])).toBe(JSON.stringify([answer, answer]));
  });

  it('are made once, however many have them', () => {
    let made = 0;
    const counted = unchanging({ text: 'x'.repeat(20_000), counted: { toJSON: () => ++made } });
    const answers = Array.from({ length: 10 }, (_, at) => unchanging({ at, part: composed([counted]) }));
    expect(sent(answers)).toContain('"at":9');
    expect(made).toBe(1);
  });

  it('can be extended by one more member', () => {
    const base = unchanging({ id: 'a', part: unchanging({ b: 1 }) });
    const answer = extended(base, 'ipmi', unchanging({ user: 'ü' }));
    expect(answer).toEqual({ id: 'a', part: { b: 1 }, ipmi: { user: 'ü' } });
    expect(sent(answer)).toBe(JSON.stringify(answer));
    expect(sent([answer, base])).toBe(JSON.stringify([answer, base]));
  });
});

describe('a long answer', () => {
  const answers = Array.from({ length: 10_000 }, (_, at) => unchanging({ at, text: '日本'.repeat(200) }));

  it('is a stream of known length', async () => {
    const stream = toJson(answers);
    if (!(stream instanceof JsonStream)) throw new Error('is no stream');
    const chunks = (await stream.toArray()) as Buffer[];
    expect(chunks.length).toBeGreaterThan(5);
    const whole = Buffer.concat(chunks);
    expect(whole.length).toBe(stream.length);
    expect(whole.toString()).toBe(JSON.stringify(answers));
  });

  it('is not copied for a reader who does not read', async () => {
    const stream = toJson(answers) as JsonStream;
    await new Promise((resolve) => stream.once('readable', resolve));
    expect(stream.readableLength).toBeLessThan(stream.length / 5);
  });
});
