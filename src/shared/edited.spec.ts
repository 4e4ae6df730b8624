import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RUNS, SEED } from '../../test/support/property-seed.js';
import { edited } from './edited.js';

const letters = fc.uniqueArray(fc.constantFrom(...'abcdefghijkl'), { maxLength: 12 });

it(`an edited list is the one that is sorted anew (seed ${SEED})`, () => {
  fc.assert(
    fc.property(letters, letters, letters, (all, some, others) => {
      const list = [...all].sort();
      const gone = list.filter((letter) => some.includes(letter));
      const kept = list.filter((letter) => !gone.includes(letter));
      const come = others.filter((letter) => !kept.includes(letter)).sort();
      expect(edited(list, gone, come, (letter) => letter)).toEqual([...kept, ...come].sort());
    }),
    { numRuns: 10 * RUNS },
  );
});
