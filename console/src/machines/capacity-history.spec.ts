import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EntityStore } from '../live/entity-store.js';
import { CapacityHistory } from './capacity-history.js';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const machine = (event: string, allocation: object | null = null) => ({
  liveliness: 'Alive',
  state: { value: '' },
  allocation,
  events: { log: [{ event }], crash_loop: false, failed_machine_reclaim: false },
});

describe('the capacity over time', () => {
  it('is sampled at regular intervals, from the first complete state on', () => {
    const store = new EntityStore();
    const history = new CapacityHistory(store);
    const listener = vi.fn();
    history.subscribe(listener);
    const end = history.follow();
    store.put('machine', '1', machine('Waiting'));
    store.put('machine', '2', machine('Waiting'));
    store.put('machine', '3', machine('PXE Booting'));
    vi.advanceTimersByTime(1_000);
    expect(history.samples, 'while the state arrives').toEqual([]);
    store.complete();
    expect(history.samples).toEqual([{ time: 1_000, allocated: 0, free: 2, other: 1 }]);
    store.put('machine', '1', machine('Installing', { project: 'p' }));
    vi.advanceTimersByTime(9_000);
    expect(history.samples.slice(1)).toEqual([{ time: 10_000, allocated: 1, free: 1, other: 1 }]);
    expect(listener).toHaveBeenCalledTimes(2);
    store.setFreshness('stale');
    vi.advanceTimersByTime(60_000);
    expect(history.samples, 'while the connection is lost').toHaveLength(2);
    end();
    store.setFreshness('live');
    vi.advanceTimersByTime(60_000);
    expect(history.samples).toHaveLength(2);
  });

  it('covers a day', () => {
    const store = new EntityStore();
    const history = new CapacityHistory(store);
    history.follow();
    store.complete();
    vi.advanceTimersByTime(25 * 3_600_000);
    expect(history.samples.at(-1)!.time - history.samples[0]!.time).toBe(24 * 3_600_000 - 10_000);
  });
});
