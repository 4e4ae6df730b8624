import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { withCachedParts, encodeJson, KeptAnswer, withCachedJson } from './json.js';
import { JsonPieces, JsonStream } from './json-pieces.js';

const VALUES = [
  [],
  [1, 'a', null, undefined, { b: [2] }],
  { a: 1, none: undefined, 'odd "key"': { deep: [{}] } },
  'text',
  null,
  true,
  [[[1], [2]]],
];

/** The JSON that the client receives. */
const sent = (answer: unknown): string => (encodeJson(answer) as string | JsonPieces).toString();

describe('encodeJson', () => {
  it.each(VALUES)('equals JSON.stringify: %j', (answer) => expect(encodeJson(answer)).toBe(JSON.stringify(answer)));

  it.each(VALUES.filter((value) => typeof value === 'object' && value !== null))(
    'equals JSON.stringify for an immutable response: %j',
    (answer) => {
      const parts = { list: withCachedJson(structuredClone(answer) as object), gone: undefined, plain: answer };
      expect(sent(withCachedJson(parts))).toBe(JSON.stringify(parts));
      expect(sent([parts, parts])).toBe(JSON.stringify([parts, parts]));
    },
  );

  it('encodes immutable values once, even as parts of others', () => {
    let made = 0;
    const counted = { toJSON: () => ++made };
    const part = withCachedJson({ counted });
    expect([sent(part), sent([part]), sent(withCachedJson({ part }))]).toEqual([
      '{"counted":1}',
      '[{"counted":1}]',
      '{"part":{"counted":1}}',
    ]);
    expect([encodeJson(counted), encodeJson([counted])]).toEqual(['2', '[3]']);
  });

  it('supports a mix of mutable and immutable values, in any script', () => {
    const answers = [{ a: 'ü' }, withCachedJson({ b: '日' }), undefined, 'c'];
    expect(sent(answers)).toBe(JSON.stringify(answers));
  });

  it('keeps bytes for immutable responses: texts of long lists would take several times their size', () => {
    const answer = withCachedJson({ a: 1 });
    expect(encodeJson([answer])).toBeInstanceOf(JsonPieces);
    expect(encodeJson(answer)).toBe(encodeJson(answer));
  });
});

describe('shared parts', () => {
  const filter = withCachedJson({ cidrs: Array.from({ length: 5000 }, (_, at) => `10.${at >> 8}.${at & 255}.0/24`) });
  const port = (name: string) =>
    withCachedParts({ name, none: undefined, filter, list: withCachedParts([undefined, filter, 1]) });

  it('equal JSON.stringify at any depth', () => {
    const answer = withCachedJson({
      id: 'a',
      ports: withCachedParts([port('swp1'), port('swp2'), null]),
      empty: withCachedParts([]),
    });
    expect(sent(answer)).toBe(JSON.stringify(answer));
    expect(sent([answer, answer])).toBe(JSON.stringify([answer, answer]));
  });

  it('are encoded once for all responses', () => {
    let made = 0;
    const counted = withCachedJson({ text: 'x'.repeat(20_000), counted: { toJSON: () => ++made } });
    const answers = Array.from({ length: 10 }, (_, at) => withCachedJson({ at, part: withCachedParts([counted]) }));
    expect(sent(answers)).toContain('"at":9');
    expect(made).toBe(1);
  });
});

describe('a kept answer', () => {
  it('is made once for its bytes, and anew for each who needs the object', () => {
    let made = 0;
    const answer = new KeptAnswer(() => ({ made: ++made, part: withCachedJson({ text: 'ü' }), none: undefined }));
    expect(sent(answer)).toBe('{"made":1,"part":{"text":"ü"}}');
    expect([sent(answer), sent([answer, 'x'])]).toEqual([
      '{"made":1,"part":{"text":"ü"}}',
      '[{"made":1,"part":{"text":"ü"}},"x"]',
    ]);
    expect(encodeJson(answer)).toBe(answer.json);
    expect(answer.value.made).toBe(2);
    expect(sent({ inside: answer })).toBe('{"inside":{"made":3,"part":{"text":"ü"}}}');
  });

  it('shares members that are kept answers themselves, which are plain in its object', () => {
    let made = 0;
    const ports = new KeptAnswer(() => [`port ${++made}`]);
    const answer = (id: string) => new KeptAnswer<{ id: string; ports: string[] }>(() => ({ id, ports }));
    expect(sent([answer('a'), answer('b')])).toBe('[{"id":"a","ports":["port 1"]},{"id":"b","ports":["port 1"]}]');
    expect(answer('c').value).toEqual({ id: 'c', ports: ['port 2'] });
    expect(JSON.stringify(answer('d'))).toBe('{"id":"d","ports":["port 3"]}');
  });

  it('makes its bytes again after it has forgotten them', () => {
    let made = 0;
    const answer = new KeptAnswer(() => ({ made: ++made }));
    expect(sent(answer)).toBe('{"made":1}');
    answer.forget();
    expect([sent(answer), sent(answer)]).toEqual(['{"made":2}', '{"made":2}']);
  });

  it('forgets its bytes when all together have too many', () => {
    let made = 0;
    const first = new KeptAnswer(() => ({ made: ++made }));
    expect(sent(first)).toBe('{"made":1}');
    const large = Array.from({ length: 65 }, () => new KeptAnswer(() => ({ text: 'x'.repeat(1024 * 1024) })));
    for (const each of large) expect(each.json.length).toBeGreaterThan(1024 * 1024);
    expect(sent(first)).toBe('{"made":2}');
  });

  it('can be extended with one more member', () => {
    const base = new KeptAnswer(() => ({ id: 'a', part: withCachedJson({ b: 1 }) }));
    const extended = base.json.extended('ipmi', new KeptAnswer(() => ({ user: 'ü' })).json);
    const expected = JSON.stringify({ id: 'a', part: { b: 1 }, ipmi: { user: 'ü' } });
    expect(sent(extended)).toBe(expected);
    expect(sent([extended, base])).toBe(`[${expected},{"id":"a","part":{"b":1}}]`);
  });
});

describe('a long response', () => {
  const answers = Array.from({ length: 10_000 }, (_, at) => withCachedJson({ at, text: '日本'.repeat(200) }));

  it('is a stream of known length', async () => {
    const stream = (encodeJson(answers) as JsonPieces).toPayload();
    if (!(stream instanceof JsonStream)) throw new Error('is not a stream');
    const chunks = (await stream.toArray()) as Buffer[];
    expect(chunks.length).toBeGreaterThan(5);
    const whole = Buffer.concat(chunks);
    expect(whole.length).toBe(stream.length);
    expect(whole.toString()).toBe(JSON.stringify(answers));
  });

  it('shares its pieces with other responses', async () => {
    const chunks = async (): Promise<Buffer[]> => {
      const stream = (encodeJson(answers) as JsonPieces).toPayload() as JsonStream;
      const received: Buffer[] = [];
      await once(
        stream.on('data', (chunk: Buffer) => received.push(chunk)),
        'end',
      );
      return received;
    };
    const [one, other] = [await chunks(), await chunks()];
    expect(other.length).toBe(one.length);
    expect(other.every((chunk, at) => chunk === one[at])).toBe(true);
  });

  it('can be read in few large chunks', async () => {
    const pieces = encodeJson(answers) as JsonPieces;
    const chunks: Buffer[] = [];
    for await (const chunk of pieces.inLargeChunks()) chunks.push(chunk);
    expect(chunks.length).toBeLessThan(pieces.length / 2 ** 20 + 1);
    expect(Buffer.concat(chunks).toString()).toBe(JSON.stringify(answers));
  });

  it('takes turns with all others, a quarter of a megabyte in each round of the event loop', async () => {
    let [sentInRound, most] = [0, 0];
    const streams = [0, 1, 2].map(() => (encodeJson(answers) as JsonPieces).toPayload() as JsonStream);
    let running = streams.length;
    for (const stream of streams)
      stream.on('data', ({ length }: Buffer) => (sentInRound += length)).once('end', () => running--);
    while (running > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, sentInRound);
      sentInRound = 0;
    }
    expect(most).toBeGreaterThan(256 * 1024);
    expect(most).toBeLessThan(260 * 1024);
  });

  it('is not buffered for a client that does not read', async () => {
    const stream = (encodeJson(answers) as JsonPieces).toPayload() as JsonStream;
    await new Promise((resolve) => stream.once('readable', resolve));
    expect(stream.readableLength).toBeLessThan(stream.length / 5);
  });
});
