import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNS } from '../../../../test/support/property-seed.js';
import { JsonPieces } from '../wire/json-pieces.js';
import type { ElementChange } from './list-elements.js';
import { PackedElements } from './packed-elements.js';

const BLOCK = 1000;

const put = (id: string, text: string): ElementChange => ({
  id,
  make: () => JsonPieces.of(JSON.stringify({ id, text })),
});
const removal = (id: string): ElementChange => ({ id, make: undefined });

async function textOf(elements: PackedElements): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of elements.list().inLargeChunks()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Lengths of the unpacked blocks. */
const sizesOf = (elements: PackedElements): number[] =>
  (elements as unknown as { blocks: readonly { length: number }[] }).blocks.map(({ length }) => length);

const name = (number: number): string => `id${String(number).padStart(4, '0')}`;

describe('packed elements', () => {
  it('are what was put and not removed, in the order of ids', async () => {
    const id = fc.nat({ max: 60 }).map(name);
    const change = fc.oneof(
      { weight: 3, arbitrary: fc.tuple(id, fc.string({ maxLength: 300 })).map(([at, text]) => [at, text] as const) },
      { weight: 1, arbitrary: id.map((at) => [at, undefined] as const) },
    );
    const property = fc.asyncProperty(
      fc.array(fc.array(change, { maxLength: 30 }), { maxLength: 12 }),
      async (rounds) => {
        const elements = new PackedElements(BLOCK);
        const expected = new Map<string, string>();
        for (const changes of rounds) {
          const last = new Map(changes);
          await elements.update([...last].map(([at, text]) => (text === undefined ? removal(at) : put(at, text))));
          for (const [at, text] of last) {
            if (text === undefined) expected.delete(at);
            else expected.set(at, text);
          }
          const all = [...expected].sort(([a], [b]) => (a < b ? -1 : 1)).map(([at, text]) => ({ id: at, text }));
          expect(await textOf(elements)).toBe(JSON.stringify(all));
          expect(elements.list().length).toBe(JSON.stringify(all).length);
        }
      },
    );
    await fc.assert(property, { numRuns: RUNS });
  });

  it('stay in blocks of about one size when they come one by one', async () => {
    const elements = new PackedElements(BLOCK);
    const text = 'x'.repeat(80);
    for (let number = 0; number < 500; number++) await elements.update([put(name((number * 7919) % 500), text)]);
    const sizes = sizesOf(elements);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1.5 * BLOCK + 200);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(0.75 * BLOCK - 200);
  });

  it('are read and packed again only where something differs', async () => {
    const elements = new PackedElements(BLOCK);
    await elements.update(Array.from({ length: 100 }, (_, number) => put(name(number), 'x'.repeat(80))));
    const before = elements.list();
    expect(before.heldBytes).toBe(0);
    await elements.update([put(name(50), 'x'.repeat(80)), removal('unknown')]);
    expect(elements.list()).toBe(before);
    const blocks = () => [...(elements as unknown as { blocks: readonly object[] }).blocks];
    const [known] = [blocks()];
    await elements.update([put(name(50), 'y'.repeat(80))]);
    expect(blocks().filter((block) => !known.includes(block))).toHaveLength(1);
  });

  it('are as they were when one cannot be made', async () => {
    const elements = new PackedElements(BLOCK);
    await elements.update(Array.from({ length: 100 }, (_, number) => put(name(number), 'x'.repeat(80))));
    const before = await textOf(elements);
    const failing: ElementChange = {
      id: name(99),
      make: () => {
        throw new Error('no partition');
      },
    };
    await expect(elements.update([put(name(1), 'y'), failing])).rejects.toThrow('no partition');
    expect(await textOf(elements)).toBe(before);
  });
});
