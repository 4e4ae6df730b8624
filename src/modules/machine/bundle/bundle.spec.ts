import { describe, expect, it } from 'vitest';
import { beginUndo, completed, decide, isDecided, isOverdue, openBundle } from './bundle.js';
import type { Bundle } from './bundle.js';

const T0 = Date.parse('2026-01-01T00:00:00Z');
const open: Bundle = {
  ...openBundle(
    { id: 'b', by: 'me', execution: 'e', timeout: 1000, machines: [{ allocation: 'a', role: 'machine' }] },
    T0,
  ),
  revision: 1,
};
const claimed = [{ allocation: 'a', role: 'machine', machineId: 'm' }] as const;
const decided = decide(open, claimed, []);

describe('the state of a bundle', () => {
  it('is open until its deadline', () => {
    expect([open.state, isDecided(open)]).toEqual(['open', false]);
    expect([isOverdue(open, T0 + 999), isOverdue(open, T0 + 1001)]).toEqual([false, true]);
  });

  it('is decided once, with its machines', () => {
    expect([decided.state, decided.machines, isDecided(decided)]).toEqual(['decided', claimed, true]);
    expect(() => decide(decided, claimed, [])).toThrow('took too long and was undone');
  });

  it('cannot be decided once an undo has begun, nor undone once it is decided', () => {
    expect(() => decide(beginUndo(open), claimed, [])).toThrow('took too long and was undone');
    expect(beginUndo(decided)).toBe(decided);
    expect(beginUndo(completed(decided, T0))).toMatchObject({ state: 'complete' });
  });

  it('names the entry of the waiting list that it serves, if there is one', () => {
    const fields = { id: 'b', by: 'me', execution: undefined, timeout: 1000, machines: [] };
    expect(openBundle({ ...fields, entry: 'w' }, T0).entry).toBe('w');
    expect('entry' in openBundle(fields, T0)).toBe(false);
  });

  it('is complete only after it was decided, and then kept for a day', () => {
    expect(completed(open, T0)).toBe(open);
    expect(completed(beginUndo(open), T0).state).toBe('undoing');
    expect(isDecided(completed(decided, T0))).toBe(true);
    expect(completed(decided, T0).deadline).toBe('2026-01-02T00:00:00.000Z');
  });
});
