import { Injectable } from '@nestjs/common';
import { Metrics } from '../../../platform/telemetry/metrics.js';
import type { Reading } from '../../../platform/telemetry/metrics.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import type { Clock } from '../../../shared/clock.js';
import type { WaitEntry } from './wait-entry.js';
import { WaitingListRepository } from './waiting-list.repository.js';

/** Exports the waiting list, read from memory at each scrape. Every replica exports the same values. */
@Injectable()
export class WaitingListMetrics {
  constructor(
    metrics: Metrics,
    private readonly entries: WaitingListRepository,
    @InjectClock() private readonly clock: Clock,
  ) {
    metrics.gauge(
      'metal_api_waiting_requests',
      'requests on the waiting list that want machines of the size in the partition',
      () => this.byQueue((queue) => queue.length),
      'partition',
      'size',
    );
    metrics.gauge(
      'metal_api_waiting_oldest_seconds',
      'how long the first request in the queue of the size in the partition has been waiting',
      () => this.byQueue((queue) => this.oldest(queue)),
      'partition',
      'size',
    );
  }

  /** Readings for the queues that are not empty. */
  private byQueue(valueOf: (queue: readonly WaitEntry[]) => number): readonly Reading[] {
    const queues = new Map<string, { readonly labels: readonly string[]; readonly entries: WaitEntry[] }>();
    for (const entry of this.entries.open()) {
      for (const { partitionId, sizeId } of entry.wants) {
        const key = JSON.stringify([partitionId, sizeId]);
        const queue = queues.get(key) ?? { labels: [partitionId, sizeId], entries: [] };
        queues.set(key, queue);
        queue.entries.push(entry);
      }
    }
    return [...queues.values()].map(({ labels, entries }) => ({ labels, value: valueOf(entries) }));
  }

  private oldest(queue: readonly WaitEntry[]): number {
    return Math.max(...queue.map(({ since }) => (this.clock.now() - Date.parse(since)) / 1000));
  }
}
