import { describe, expect, it } from 'vitest';
import { newMachine } from '../machine.js';
import { ABANDONED_AFTER, appendPlacement, unseenPlacements } from './placement-ledger.js';
import type { PlacementEntry } from './placement-ledger.js';
import { reserveMachineQuota } from './machine-quota-ledger.js';

const machine = (id: string, revision: number) => ({ ...newMachine(id, ''), revision });
const entry = (machineId: string, seen: number, at = 0): PlacementEntry => ({
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
  it('counts decisions only until the machine shows a newer revision, or they are abandoned', () => {
    const entries = [entry('a', 3), entry('b', 3), entry('gone', 1)];
    const memory = new Map([
      ['a', machine('a', 3)],
      ['b', machine('b', 4)],
    ]);
    const unseen = (now: number): string[] =>
      unseenPlacements(entries, (id) => memory.get(id), now).map(({ machineId }) => machineId);
    expect([unseen(0), unseen(ABANDONED_AFTER - 1)]).toEqual([['a'], ['a']]);
    expect(unseen(ABANDONED_AFTER)).toEqual([]);
  });

  it('keeps entries that other replicas may not see yet within the horizon, and drops them afterwards', () => {
    const ledger = { id: 'l', revision: 1, entries: [entry('a', 3, 1000)] };
    const seen = () => machine('a', 4);
    expect(appendPlacement(ledger, 'l', entry('b', 1, 1500), seen, 2000).entries).toHaveLength(2);
    expect(appendPlacement(ledger, 'l', entry('b', 1, 3001), seen, 2000).entries).toHaveLength(1);
    expect(appendPlacement(ledger, 'l', entry('b', 1, 1000), seen, 0).entries).toHaveLength(1);
  });

  it('drops decisions that were never followed by a claim', () => {
    const ledger = { id: 'l', revision: 1, entries: [entry('a', 3, 0)] };
    const unchanged = () => machine('a', 3);
    expect(appendPlacement(ledger, 'l', entry('b', 3, ABANDONED_AFTER - 1), unchanged, 0).entries).toHaveLength(2);
    expect(appendPlacement(ledger, 'l', entry('b', 3, ABANDONED_AFTER), unchanged, 0).entries).toHaveLength(1);
  });

  it('replaces the previous decision of the same allocation', () => {
    const ledger = { id: 'l', revision: 1, entries: [{ ...entry('a', 3), allocation: 'x' }] };
    expect(
      appendPlacement(ledger, 'l', { ...entry('b', 3), allocation: 'x' }, () => machine('a', 3), 0).entries,
    ).toHaveLength(1);
  });
});

describe('quota ledger', () => {
  const state = { quota: 2, machines: 1, shown: () => false, now: 0 };

  it('counts allocations in progress', () => {
    const first = reserveMachineQuota(undefined, 'p', 'a', state);
    expect(first.pending).toHaveLength(1);
    expect(() => reserveMachineQuota({ ...first, revision: 1 }, 'p', 'b', state)).toThrow(
      'has a quota of 2 machines and uses 2',
    );
  });

  it('does not count an allocation twice that its machine already shows', () => {
    const first = reserveMachineQuota(undefined, 'p', 'a', state);
    const shown = { ...state, shown: (allocation: string) => allocation === 'a' };
    expect(reserveMachineQuota({ ...first, revision: 1 }, 'p', 'b', shown).pending).toHaveLength(2);
  });

  it('allows no machines with a quota of 0', () => {
    expect(() => reserveMachineQuota(undefined, 'p', 'a', { ...state, quota: 0, machines: 0 })).toThrow('quota of 0');
  });
});
