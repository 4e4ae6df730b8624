import type { Table } from '../../../platform/store/table.js';
import type { EventContainer } from './provisioning-event.js';

/** Maximum batch size; keeps each round trip short. */
const MAX_BATCH = 1000;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Pending {
  readonly lastEventTime: string;
  readonly waiting: Waiting[];
}

/**
 * Collects heartbeats and writes many at a time (group commit): 10000 machines phone home 20000 times a minute. While
 * one batch is written, the next one accumulates, so that a single heartbeat is not delayed and a flood needs few
 * writes.
 */
export class HeartbeatBatcher {
  private pending = new Map<string, Pending>();
  private flushing = false;

  constructor(private readonly table: Table<EventContainer>) {}

  /** Resolves when the heartbeat is stored. If a machine has several pending heartbeats, the latest wins. */
  add(id: string, lastEventTime: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const earlier = this.pending.get(id);
      const waiting = [...(earlier?.waiting ?? []), { resolve, reject }];
      const latest = earlier && earlier.lastEventTime > lastEventTime ? earlier.lastEventTime : lastEventTime;
      this.pending.set(id, { lastEventTime: latest, waiting });
      if (!this.flushing) void this.flush();
    });
  }

  /** Never rejects: failures are passed to the waiting callers. */
  private async flush(): Promise<void> {
    this.flushing = true;
    await Promise.resolve(); // lets the caller's other heartbeats join
    while (this.pending.size > 0) await this.write(this.takeBatch());
    this.flushing = false;
  }

  private takeBatch(): [string, Pending][] {
    const batch = [...this.pending].slice(0, MAX_BATCH);
    for (const [id] of batch) this.pending.delete(id);
    return batch;
  }

  private async write(batch: readonly [string, Pending][]): Promise<void> {
    const waiting = batch.flatMap(([, pending]) => pending.waiting);
    try {
      await this.table.patchUnchecked(batch.flatMap(([id, { lastEventTime }]) => this.patch(id, lastEventTime)));
      for (const { resolve } of waiting) resolve();
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  /** A patch overwrites unconditionally, so one that is older than the stored event is dropped. */
  private patch(id: string, lastEventTime: string) {
    const last = this.table.get(id)?.lastEventTime;
    return last !== undefined && last > lastEventTime ? [] : [{ id, lastEventTime, liveliness: 'Alive' as const }];
  }
}
