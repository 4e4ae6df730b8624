import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNS } from '../../../test/support/property-seed.js';
import { Indexes } from './indexes.js';
import type { Document } from './table.js';

interface Box extends Document {
  readonly marks: readonly string[];
}

const KEYS = ['a', 'b', 'c'];

const silent = (): void => undefined;
const box = (id: string, ...marks: string[]): Box => ({ id, revision: 1, marks });
const boxesByMark = (): Indexes<Box, 'mark'> => new Indexes<Box, 'mark'>({ mark: ({ marks }) => marks }, silent);

describe('indexes', () => {
  const steps = fc.array(fc.record({ id: fc.nat(14).map(String), marks: fc.option(fc.subarray(KEYS)) }), {
    maxLength: 100,
  });

  it('contain what a search through all documents finds, after any changes', () => {
    fc.assert(
      fc.property(steps, (changes) => {
        const indexes = boxesByMark();
        const documents = new Map<string, Box>();
        for (const { id, marks } of changes) {
          const before = documents.get(id);
          if (before) indexes.remove(before);
          documents.delete(id);
          if (!marks) continue;
          const now = box(id, ...marks);
          documents.set(id, now);
          indexes.add(now);
        }
        for (const key of KEYS) {
          const found = [...documents.values()].filter(({ marks }) => marks.includes(key));
          expect(new Set(indexes.by('mark', key))).toEqual(new Set(found));
          expect(indexes.by('mark', key)).toHaveLength(found.length);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('has a document once, though an index function names a key twice', () => {
    const indexes = boxesByMark();
    const twice = box('1', 'a', 'a');
    indexes.add(twice);
    expect(indexes.by('mark', 'a')).toEqual([twice]);
    indexes.remove(twice);
    expect(indexes.by('mark', 'a')).toEqual([]);
  });

  it('leave what they have returned as it was', () => {
    const indexes = boxesByMark();
    const returned: (readonly Box[])[] = [];
    for (let n = 0; n < 12; n++) {
      indexes.add(box(String(n), 'a'));
      returned.push(indexes.by('mark', 'a'));
    }
    for (let n = 0; n < 12; n++) indexes.remove(box(String(n), 'a'));
    expect(returned.map(({ length }) => length)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
    expect(indexes.by('mark', 'a')).toEqual([]);
  });

  it('ignore the removal of a document that is not in them', () => {
    const indexes = boxesByMark();
    const one = box('1', 'a');
    indexes.add(one);
    indexes.remove(box('2', 'a'));
    expect(indexes.by('mark', 'a')).toEqual([one]);
  });
});
