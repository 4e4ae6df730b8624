import { describe, expect, it } from 'vitest';
import { memoizeByIdentity } from './memoize-by-identity.js';

describe('a memoized function', () => {
  it('computes once for identical arguments, and again if any of them changes', () => {
    let computed = 0;
    const sum = memoizeByIdentity((a: { n: number }, b: { n: number } | undefined) => ({
      call: ++computed,
      n: a.n + (b?.n ?? 0),
    }));
    const [one, two] = [{ n: 1 }, { n: 2 }];
    const first = sum(one, two);
    expect(sum(one, two)).toBe(first);
    expect(sum(one, { n: 2 })).toEqual({ call: 2, n: 3 });
    expect(sum({ n: 1 }, two)).toEqual({ call: 3, n: 3 });
    expect(sum(one, undefined)).toEqual({ call: 4, n: 1 });
  });
});
