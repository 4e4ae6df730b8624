import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EntityStore } from './entity-store.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ids = (store: EntityStore): string[] => [...store.all('machine').keys()];

describe('the store of entities', () => {
  it('shows the first state as it arrives', () => {
    const store = new EntityStore();
    store.reset();
    store.put('machine', '1', { id: '1' });
    expect(store.freshness).toBe('loading');
    expect(store.get('machine', '1')).toEqual({ id: '1' });
    store.complete();
    expect(store.freshness).toBe('live');
  });

  it('shows the old state until a new one is complete', () => {
    const store = new EntityStore();
    store.put('machine', '1', {});
    store.put('ip', '10.0.0.1', {});
    store.complete();
    store.reset();
    store.put('machine', '2', {});
    store.put('machine', '3', {});
    store.remove('machine', '3');
    expect([store.freshness, ids(store)]).toEqual(['stale', ['1']]);
    const before = store.version('ip');
    store.complete();
    expect([store.freshness, ids(store)]).toEqual(['live', ['2']]);
    expect(store.all('ip').size).toBe(0);
    expect(store.version('ip')).toBeGreaterThan(before);
  });

  it('announces many changes at once, and only of kinds that changed', () => {
    const store = new EntityStore();
    const listener = vi.fn();
    store.subscribe(listener);
    for (let i = 0; i < 1000; i++) store.put('machine', String(i % 10), { i });
    expect(listener).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    expect(listener).toHaveBeenCalledTimes(1);
    expect([store.version('machine'), store.version('ip')]).toEqual([1, 0]);
    store.remove('machine', '5');
    vi.advanceTimersByTime(1000);
    expect(listener).toHaveBeenCalledTimes(2);
    expect(store.get('machine', '5')).toBeUndefined();
  });

  it('no longer notifies listeners that have left', () => {
    const store = new EntityStore();
    const listener = vi.fn();
    store.subscribe(listener)();
    store.put('machine', '1', {});
    vi.advanceTimersByTime(1000);
    expect(listener).not.toHaveBeenCalled();
  });
});
