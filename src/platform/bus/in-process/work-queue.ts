import { systemClock } from '../../../shared/clock.js';
import { ExpiringMap } from '../../../shared/concurrency/expiring-map.js';
import { after } from '../../../shared/concurrency/timers.js';
import { DEFAULT_CONCURRENCY, DEFAULT_RETRY_MS } from '../bus.js';
import type { ConsumeOptions, DeliveryHandler, HandlerOutcome, Subscription } from '../bus.js';

interface Entry<T> {
  readonly message: T;
  /** Entries with the same key are handled one at a time and in order. */
  readonly key: string;
  deliveries: number;
  /** Milliseconds since the epoch. */
  dueAt: number;
}

interface Consumer<T> {
  readonly handler: DeliveryHandler<T>;
  readonly concurrency: number;
  readonly running: Map<Entry<T>, Promise<void>>;
  open: boolean;
}

/** How long an ID suppresses duplicates, in milliseconds; same as the broker's window. */
const DUPLICATE_WINDOW_MS = 120_000;

/** An in-memory queue with the broker's semantics: at least once, one at a time per key, duplicates suppressed. */
export class WorkQueue<T> {
  private entries: Entry<T>[] = [];
  private readonly busy = new Set<string>();
  private readonly seen = new ExpiringMap<string, true>(DUPLICATE_WINDOW_MS, systemClock);
  private readonly consumers = new Set<Consumer<T>>();
  private cancelTimer: () => void = () => undefined;

  /** Drops the message if one with the same `id` was pushed within the last two minutes. */
  push(id: string, key: string, message: T): void {
    const now = Date.now();
    if (this.isDuplicate(id)) return;
    this.entries.push({ message, key, deliveries: 0, dueAt: now });
    this.pump();
  }

  consume(handler: DeliveryHandler<T>, options: ConsumeOptions = {}): Subscription & { abandon(): void } {
    const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    const consumer: Consumer<T> = { handler, concurrency, running: new Map(), open: true };
    this.consumers.add(consumer);
    this.pump();
    return {
      stop: async () => {
        this.detach(consumer);
        await Promise.all(consumer.running.values());
      },
      abandon: () => {
        this.detach(consumer);
        for (const entry of consumer.running.keys()) this.requeue(consumer, entry, 0);
        this.pump();
      },
    };
  }

  private detach(consumer: Consumer<T>): void {
    consumer.open = false;
    this.consumers.delete(consumer);
  }

  /** Passes due entries to consumers with free capacity. */
  private pump(): void {
    this.cancelTimer();
    if (!this.withRoom()) return; // pumped again when a consumer gets capacity or is added
    const now = Date.now();
    const held = new Set(this.busy);
    let next = Infinity;
    for (const entry of [...this.entries]) {
      if (held.has(entry.key)) continue;
      held.add(entry.key); // regardless of its outcome, later entries of its key wait
      if (entry.dueAt > now) next = Math.min(next, entry.dueAt);
      else this.hand(entry);
    }
    if (next < Infinity) this.cancelTimer = after(next - now, () => this.pump());
  }

  private hand(entry: Entry<T>): void {
    const consumer = this.withRoom();
    if (!consumer) return;
    this.entries.splice(this.entries.indexOf(entry), 1);
    this.busy.add(entry.key);
    entry.deliveries += 1;
    consumer.running.set(entry, this.handle(consumer, entry));
  }

  private withRoom(): Consumer<T> | undefined {
    return [...this.consumers].find(({ running, concurrency }) => running.size < concurrency);
  }

  private async handle(consumer: Consumer<T>, entry: Entry<T>): Promise<void> {
    const { message, deliveries } = entry;
    const outcome = await Promise.resolve()
      .then(() => consumer.handler({ message, deliveries }))
      .catch((): HandlerOutcome => ({ retryAfter: DEFAULT_RETRY_MS }));
    if (!consumer.running.has(entry)) return; // abandoned in the meantime: another consumer has it
    if (outcome === 'done') this.finish(consumer, entry);
    else this.requeue(consumer, entry, outcome.retryAfter);
    this.pump();
  }

  private finish(consumer: Consumer<T>, entry: Entry<T>): void {
    consumer.running.delete(entry);
    this.busy.delete(entry.key);
  }

  /** Returns the entry to the head of the queue, so that it stays ahead of later entries of its key. */
  private requeue(consumer: Consumer<T>, entry: Entry<T>, delay: number): void {
    this.finish(consumer, entry);
    entry.dueAt = Date.now() + delay;
    this.entries.unshift(entry);
  }

  private isDuplicate(id: string): boolean {
    if (this.seen.has(id)) return true;
    this.seen.set(id, true);
    return false;
  }
}
