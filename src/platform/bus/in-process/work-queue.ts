import { DEFAULT_CONCURRENCY, DEFAULT_RETRY_MS } from '../bus.js';
import type { ConsumeOptions, Handler, Outcome, Subscription } from '../bus.js';

interface Entry<T> {
  readonly message: T;
  /** Entries of one key are handled one at a time and in order. */
  readonly key: string;
  deliveries: number;
  /** Milliseconds since the epoch. */
  dueAt: number;
}

interface Consumer<T> {
  readonly handler: Handler<T>;
  readonly concurrency: number;
  readonly running: Map<Entry<T>, Promise<void>>;
  open: boolean;
}

/** How long an id suppresses duplicates, in milliseconds; the same window as the broker's. */
const DUPLICATE_WINDOW_MS = 120_000;

/** A queue in memory with the broker's semantics: at least once, one at a time per key, duplicates suppressed. */
export class WorkQueue<T> {
  private entries: Entry<T>[] = [];
  private readonly busy = new Set<string>();
  private readonly seen = new Map<string, number>();
  private readonly consumers = new Set<Consumer<T>>();
  private timer: NodeJS.Timeout | undefined;

  /** A message whose `id` came within the last two minutes is dropped. */
  push(id: string, key: string, message: T): void {
    const now = Date.now();
    if (this.isDuplicate(id, now)) return;
    this.entries.push({ message, key, deliveries: 0, dueAt: now });
    this.pump();
  }

  consume(handler: Handler<T>, options: ConsumeOptions = {}): Subscription & { abandon(): void } {
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
        for (const entry of consumer.running.keys()) this.giveBack(consumer, entry, 0);
        this.pump();
      },
    };
  }

  private detach(consumer: Consumer<T>): void {
    consumer.open = false;
    this.consumers.delete(consumer);
  }

  /** Hands every entry that is due to a consumer with room. */
  private pump(): void {
    clearTimeout(this.timer);
    if (!this.withRoom()) return; // whoever gets room, or comes, pumps again
    const now = Date.now();
    const held = new Set(this.busy);
    let next = Infinity;
    for (const entry of [...this.entries]) {
      if (held.has(entry.key)) continue;
      held.add(entry.key); // whatever becomes of it, later entries of its key wait
      if (entry.dueAt > now) next = Math.min(next, entry.dueAt);
      else this.hand(entry);
    }
    if (next < Infinity) this.timer = setTimeout(() => this.pump(), next - now).unref();
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
      .catch((): Outcome => ({ retryAfter: DEFAULT_RETRY_MS }));
    if (!consumer.running.has(entry)) return; // abandoned meanwhile: it is somebody else's now
    if (outcome === 'done') this.finish(consumer, entry);
    else this.giveBack(consumer, entry, outcome.retryAfter);
    this.pump();
  }

  private finish(consumer: Consumer<T>, entry: Entry<T>): void {
    consumer.running.delete(entry);
    this.busy.delete(entry.key);
  }

  /** Back to the head of the queue, so that it keeps its place before later ones of its key. */
  private giveBack(consumer: Consumer<T>, entry: Entry<T>, delay: number): void {
    this.finish(consumer, entry);
    entry.dueAt = Date.now() + delay;
    this.entries.unshift(entry);
  }

  private isDuplicate(id: string, now: number): boolean {
    for (const [old, at] of this.seen) {
      if (at > now - DUPLICATE_WINDOW_MS) break;
      this.seen.delete(old);
    }
    if (this.seen.has(id)) return true;
    this.seen.set(id, now);
    return false;
  }
}
