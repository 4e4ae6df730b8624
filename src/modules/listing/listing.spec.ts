import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonPieces } from '../../platform/http/wire/json-pieces.js';
import { RUNS, SEED } from '../../../test/support/property-seed.js';
import { cursorAfter, idOfCursor, limitOf } from './listing.js';
import { streamOf } from './listing-stream.js';
import { nextIds } from './next-ids.js';

const KEY = 'abcdefgh-_12';

describe('a limit', () => {
  it.each([
    ['1', 1],
    ['0042', 42],
    ['1000', 1000],
  ])('%s is %d', (text, limit) => expect(limitOf(text)).toBe(limit));

  it.each(['0', '1001', '-1', '1.5', '1e3', 'x', '٣', '9'.repeat(1000)])('%s is refused', (text) =>
    expect(() => limitOf(text)).toThrow(/^limit .* is not valid, expected a number from 1 to 1000$/),
  );
});

describe('a cursor', () => {
  it('leads to where it was made', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (id) => {
        expect(idOfCursor(cursorAfter(KEY, id), KEY)).toBe(id);
      }),
      { numRuns: RUNS },
    );
  });

  it.each([
    '',
    '.',
    KEY,
    `${KEY}.`,
    `${KEY}.=`,
    `${KEY}.YQ==`,
    `${KEY}.YR`,
    `x.YQ`,
    `${KEY}.${'A'.repeat(20_000)}`,
    ' ',
  ])('that the server has not made is refused: %#', (cursor) =>
    expect(() => idOfCursor(cursor, KEY)).toThrow(/is not valid, expected the header Next-Cursor/),
  );

  it('of another selection is refused', () =>
    expect(() => idOfCursor(cursorAfter('000000000000', 'a'), KEY)).toThrow(/another kind, filter or role/));
});

type Step = { readonly put: number } | { readonly remove: number };

describe('nextIds', () => {
  const ids = fc.uniqueArray(fc.nat({ max: 300 }), { maxLength: 200 });
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.oneof(fc.record({ put: fc.nat({ max: 300 }) }), fc.record({ remove: fc.nat({ max: 300 }) })),
    { maxLength: 60 },
  );

  it(`finds everything that is there all the time exactly once, in order (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(
        ids,
        fc.array(steps, { maxLength: 20 }),
        fc.integer({ min: 1, max: 50 }),
        async (begin, writes, size) => {
          const table = new Set(begin.map(String));
          const always = new Set(table);
          const found: string[] = [];
          for (let round = 0; ; round++) {
            const page = await nextIds(() => table, found.at(-1), size);
            expect(page.length).toBeLessThanOrEqual(size);
            if (page.length === 0) break;
            found.push(...page);
            for (const step of writes[round] ?? []) {
              if ('put' in step) table.add(String(step.put));
              else if (table.delete(String(step.remove))) always.delete(String(step.remove));
            }
          }
          expect(found).toEqual([...new Set(found)].sort());
          expect([...always].filter((id) => !found.includes(id))).toEqual([]);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('survives writes while it looks', async () => {
    const table = new Map(Array.from({ length: 200_000 }, (_, at) => [String(at).padStart(6, '0'), at]));
    const looking = nextIds(() => table.keys(), undefined, 1000);
    await new Promise((resolve) => setImmediate(resolve));
    table.delete('000500');
    table.set('000500', 0); // now at the end, where it may come a second time
    table.delete('000501');
    const found = await looking;
    expect(new Set(found).size).toBe(1000);
    for (const id of found) expect(id <= '001001').toBe(true);
  });
});

describe('a stream', () => {
  const JSON_OF = JsonPieces.of(`{"text":"${'x'.repeat(1000)}"}`);
  const source = (count: number) => {
    const state = { made: 0, ended: false };
    async function* objects() {
      try {
        for (; state.made < count; state.made++) {
          yield { id: String(state.made), json: JSON_OF };
          await Promise.resolve();
        }
      } finally {
        state.ended = true;
      }
    }
    return { state, objects: objects() };
  };

  it('has one line for each object', async () => {
    const { objects } = source(1000);
    const text = Buffer.concat((await streamOf(objects, () => Promise.resolve()).toArray()) as Buffer[]).toString();
    expect(text).toBe(`${JSON_OF.toString()}\n`.repeat(1000));
  });

  it('makes no more than a slow client takes, and ends with it', async () => {
    const { state, objects } = source(100_000);
    const stream = streamOf(objects, () => Promise.resolve());
    await new Promise((resolve) => stream.once('readable', resolve));
    stream.read();
    for (let n = 0; n < 50; n++) await new Promise((resolve) => setImmediate(resolve));
    expect(state.made).toBeLessThan(500);
    stream.destroy();
    await new Promise((resolve) => stream.once('close', resolve));
    expect(state.ended).toBe(true);
  });

  it('breaks off when the caller may no longer read', async () => {
    let time = 0;
    const { objects } = source(100_000);
    const recheck = () => (time < 6_000 ? Promise.resolve() : Promise.reject(new Error('revoked')));
    const stream = streamOf(objects, recheck, () => (time += 500));
    await expect(stream.toArray()).rejects.toThrow('revoked');
  });

  it('breaks off after ten minutes', async () => {
    let time = 0;
    const stream = streamOf(
      source(100_000).objects,
      () => Promise.resolve(),
      () => (time += 60_000),
    );
    await expect(stream.toArray()).rejects.toThrow('took too long');
    expect(time).toBeLessThan(15 * 60_000);
  });
});
