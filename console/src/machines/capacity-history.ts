import type { EntityStore } from '../live/entity-store.js';
import { stateOf } from './life-cycle.js';

/** How many machines were allocated, waiting for an allocation, or neither, at a time in milliseconds. */
export interface Sample {
  readonly time: number;
  readonly allocated: number;
  readonly free: number;
  readonly other: number;
}

/** Milliseconds between two samples. */
const INTERVAL = 10_000;
/** Samples of a day. */
const KEPT = 8_640;

/** The capacity of the fleet since the tab was opened: the server keeps no past. */
export class CapacityHistory {
  /** In the order of time; another array after each sample. */
  samples: readonly Sample[] = [];
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly store: EntityStore,
    private readonly now: () => number = Date.now,
  ) {}

  /** Samples at regular intervals, while the copy of the state is complete; returns how to end it. */
  follow(): () => void {
    const leave = this.store.subscribe(() => {
      if (this.samples.length === 0) this.sample();
    });
    const timer = setInterval(() => this.sample(), INTERVAL);
    return () => {
      leave();
      clearInterval(timer);
    };
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private sample(): void {
    if (this.store.freshness !== 'live') return;
    let [allocated, free, other] = [0, 0, 0];
    for (const machine of this.store.all('machine').values()) {
      if (machine.allocation) allocated++;
      else if (stateOf(machine).id === 'waiting') free++;
      else other++;
    }
    this.samples = [...this.samples.slice(1 - KEPT), { time: this.now(), allocated, free, other }];
    for (const listener of this.listeners) listener();
  }
}
