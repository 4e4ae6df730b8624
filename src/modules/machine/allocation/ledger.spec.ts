import { describe, expect, it } from 'vitest';
import { newMachine } from '../machine.js';
import { ABANDONED_AFTER, enter, unseen } from './ledger.js';
import type { LedgerEntry } from './ledger.js';
import { enterQuota } from './quota.js';

const machine = (id: string, revision: number) => ({ ...newMachine(id, ''), revision });
const entry = (machineId: string, seen: number, at = 0): LedgerEntry => ({
  machineId,
  seen,
  allocation: `allocation of ${machineId}`,
  project: 'p',
  role: 'machine',
  rackId: 'r',
  tags: [],
  at,
});

describe('placement ledger', () => {
  it('counts decisions only until the machine shows a newer state', () => {
    const entries = [entry('a', 3), entry('b', 3), entry('gone', 1)];
    const memory = new Map([
      ['a', machine('a', 3)],
      ['b', machine('b', 4)],
    ]);
    expect(unseen(entries, (id) => memory.get(id)).map(({ machineId }) => machineId)).toEqual(['a']);
  });

  it('keeps what others may not see yet within the horizon, and drops it after', () => {
    const ledger = { id: 'l', revision: 1, entries: [entry('a', 3, 1000)] };
    const seen = () => machine('a', 4);
    expect(enter(ledger, 'l', entry('b', 1, 1500), seen, 2000).entries).toHaveLength(2);
    expect(enter(ledger, 'l', entry('b', 1, 3001), seen, 2000).entries).toHaveLength(1);
    expect(enter(ledger, 'l', entry('b', 1, 1000), seen, 0).entries).toHaveLength(1);
  });

  it('forgets decisions that were never carried out', () => {
    const ledger = { id: 'l', revision: 1, entries: [entry('a', 3, 0)] };
    const unchanged = () => machine('a', 3);
    expect(enter(ledger, 'l', entry('b', 3, ABANDONED_AFTER - 1), unchanged, 0).entries).toHaveLength(2);
    expect(enter(ledger, 'l', entry('b', 3, ABANDONED_AFTER), unchanged, 0).entries).toHaveLength(1);
  });

  it('replaces the former decision of the same allocation', () => {
    const ledger = { id: 'l', revision: 1, entries: [{ ...entry('a', 3), allocation: 'x' }] };
    expect(enter(ledger, 'l', { ...entry('b', 3), allocation: 'x' }, () => machine('a', 3), 0).entries).toHaveLength(1);
  });
});

describe('quota ledger', () => {
  const state = { quota: 2, machines: 1, shown: () => false, now: 0 };

  it('counts what is under way', () => {
    const first = enterQuota(undefined, 'p', 'a', state);
    expect(first.pending).toHaveLength(1);
    expect(() => enterQuota({ ...first, revision: 1 }, 'p', 'b', state)).toThrow(
      'has a quota of 2 machines and uses 2',
    );
  });

  it('does not count twice what its machine shows already', () => {
    const first = enterQuota(undefined, 'p', 'a', state);
    const shown = { ...state, shown: (allocation: string) => allocation === 'a' };
    expect(enterQuota({ ...first, revision: 1 }, 'p', 'b', shown).pending).toHaveLength(2);
  });

  it('takes a quota of 0 at its word', () => {
    expect(() => enterQuota(undefined, 'p', 'a', { ...state, quota: 0, machines: 0 })).toThrow('quota of 0');
  });
});
