import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Row } from './rows.js';
import { SeenWrites, UnsettledRows } from './seen-writes.js';

const row = (id: string, revision: number, write: string, time = 0): Row => ({
  ...{ id, revision, $writes: [write, 'before'], $times: [time] },
});

describe('SeenWrites', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('knows the write behind the last revision that was seen, of each table', () => {
    const seen = new SeenWrites();
    seen.see('machine', row('a', 1, 'w1'));
    seen.see('machine', row('a', 2, 'w2'));
    seen.see('switch', row('a', 2, 'other'));
    expect(seen.behind('machine', 'a', 2)).toBe('w2');
    expect(seen.behind('switch', 'a', 2)).toBe('other');
    expect([seen.behind('machine', 'a', 1), seen.behind('machine', 'a', 3)]).toEqual([undefined, undefined]);
    expect([seen.behind('machine', 'b', 2), seen.behind('image', 'a', 2)]).toEqual([undefined, undefined]);
  });

  it('knows nothing of rows that no server has written', () => {
    const seen = new SeenWrites();
    seen.see('machine', { id: 'a', revision: 1 });
    expect(seen.behind('machine', 'a', 1)).toBeUndefined();
  });

  it('forgets a table when its feed begins anew', () => {
    const seen = new SeenWrites();
    seen.see('machine', row('a', 2, 'lost'));
    seen.see('switch', row('s', 2, 'kept'));
    seen.reload('machine', [row('b', 5, 'w5')]);
    expect(seen.behind('machine', 'a', 2)).toBeUndefined();
    expect(seen.behind('machine', 'b', 5)).toBe('w5');
    expect(seen.behind('switch', 's', 2)).toBe('kept');
  });

  it('remembers a write for half a minute at least, and a minute at most while others follow', () => {
    const seen = new SeenWrites();
    seen.see('machine', row('a', 1, 'w1'));
    vi.advanceTimersByTime(29_000);
    seen.see('machine', row('b', 1, 'w1'));
    expect(seen.behind('machine', 'a', 1)).toBe('w1');
    vi.advanceTimersByTime(2_000);
    seen.see('machine', row('c', 1, 'w1'));
    expect(seen.behind('machine', 'a', 1)).toBe('w1');
    vi.advanceTimersByTime(31_000);
    seen.see('machine', row('c', 2, 'w2'));
    expect(seen.behind('machine', 'a', 1)).toBeUndefined();
    expect(seen.behind('machine', 'c', 2)).toBe('w2');
  });
});

describe('UnsettledRows', () => {
  it('selects rows that were written shortly before the newest one, in any order', () => {
    const rows = new UnsettledRows();
    for (const [id, time] of Object.entries({ a: 900, b: 940, c: 1000, d: 939, e: 941 }))
      rows.add(row(id, 1, 'w', time));
    rows.add(row('f', 1, 'w', 1000));
    rows.remove(row('f', 1, 'w'));
    expect([...rows].map(({ id }) => id)).toEqual(['b', 'c', 'e']);
  });

  it('takes the last state of a row', () => {
    const rows = new UnsettledRows();
    rows.add(row('a', 1, 'w1', 1000));
    rows.add(row('a', 2, 'w2', 1001));
    expect([...rows]).toEqual([row('a', 2, 'w2', 1001)]);
  });
});
