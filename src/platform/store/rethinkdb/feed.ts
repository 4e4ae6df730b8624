import { Backoff } from '../../../shared/concurrency/backoff.js';
import type { Scheduler } from '../../../shared/concurrency/scheduler.js';
import type { FeedSink, Removal, Stored } from '../engine.js';
import { SharedParts } from '../shared-parts.js';
import type { Document } from '../table.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { withDatabaseDeadline } from './deadline.js';
import { reasonOf } from './failures.js';
import type { PooledConnection } from './pooled-connection.js';
import { r, type RowChange, type Cursor, type ReqlTable, type Term } from './reql.js';
import { fromRow, idOf } from './rows.js';
import { UnsettledRows, type SeenWrites } from './seen-writes.js';

/** How many changes the server buffers for a slow reader. Beyond that it skips changes, which is a gap. */
const QUEUE = 200_000;

/** How long the server may take to start a feed, in milliseconds. */
const START_MS = 30_000;

/** What the server has of an ID when a feed starts. */
interface InitialState extends Stored {
  readonly id: string;
}

/** Only of a row that is gone does it matter how it was before. */
const withoutReplaced = (entry: Term): Term =>
  r.branch(entry.hasFields('old_val', 'new_val'), entry.without('old_val'), entry);

/** A feed never ends on its own: if it does, the library has lost the connection without an error. */
class FeedEnded extends Error {}

/**
 * Follows one table: collects the initial rows (interleaved with changes), delivers them as a snapshot, then passes on
 * changes. Any failure is a gap: it restarts after a back-off.
 */
export class Feed {
  private stopped = false;
  private cursor: Cursor<RowChange> | undefined;
  private readonly backoff = new Backoff({ base: 20, cap: 2000 });

  constructor(
    private readonly connection: PooledConnection,
    private readonly table: { readonly name: string; readonly query: ReqlTable },
    private readonly sink: FeedSink,
    private readonly seen: SeenWrites,
  ) {}

  /** Follows the table until `stop` is called. */
  async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.follow();
      } catch (error) {
        if (this.stopped) return;
        this.sink.lost(isDomainError(error) ? error : new Error(reasonOf(error), { cause: error }));
        await this.backoff.wait();
      }
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.cursor?.close().catch(() => undefined);
  }

  private async follow(): Promise<void> {
    const options = { includeInitial: true, includeStates: true, squash: false, changefeedQueueSize: QUEUE };
    const changes = this.table.query.changes(options).map(withoutReplaced);
    const cursor = await this.connection.run(changes, START_MS);
    this.cursor = cursor;
    try {
      this.handOver(await this.initialStates(cursor));
      this.backoff.reset();
      for (;;) this.pass(await this.nextOf(cursor));
    } finally {
      await cursor.close().catch(() => undefined);
    }
  }

  private async nextOf(cursor: Cursor<RowChange>): Promise<RowChange> {
    const entry = await cursor.next();
    if (this.stopped) throw new FeedEnded('the feed was stopped');
    if (entry.error !== undefined) throw new Error(`the change feed has a gap: ${entry.error}`);
    return entry;
  }

  /** Converts each row as it arrives: rows and documents of a large table together would be in memory twice. */
  private async initialStates(cursor: Cursor<RowChange>): Promise<Iterable<InitialState>> {
    const states = new Map<string, InitialState>();
    const parts = new SharedParts();
    const unsettled = new UnsettledRows();
    for (;;) {
      const { state, new_val: now, old_val: before } = await this.nextOf(cursor);
      if (state === 'ready') {
        this.seen.reload(this.table.name, unsettled);
        return states.values();
      }
      if (now) {
        const { current, revision } = fromRow(now);
        states.set(now.id, { id: idOf(now), revision, current: current && parts.share(current) });
        unsettled.add(now);
      } else if (before) {
        states.delete(before.id);
        unsettled.remove(before);
      }
    }
  }

  private handOver(states: Iterable<InitialState>): void {
    const documents: Document[] = [];
    const removals: Removal[] = [];
    for (const { id, revision, current } of states) {
      if (current !== undefined) documents.push(current);
      else removals.push({ id, revision });
    }
    this.sink.snapshot(documents, removals);
  }

  private pass({ new_val: now, old_val: before }: RowChange): void {
    if (now) {
      this.seen.see(this.table.name, now);
      const { current, revision } = fromRow(now);
      if (current !== undefined) this.sink.put(current);
      else this.sink.removed(idOf(now), revision);
    } else if (before && before.$removed === undefined) {
      this.sink.removed(idOf(before), before.revision + 1); // deleted manually: only operators do that
    } // else a tombstone has expired
  }
}

/** Interval of probes on the feed connection, and timeout of a probe, in milliseconds. */
const PROBE_EVERY_MS = 3_000;
const PROBE_MS = 5_000;

/** Detects a connection that died silently: feeds only listen and would wait forever. */
export function probe(connection: PooledConnection, jobs: Scheduler): void {
  jobs.every(PROBE_EVERY_MS, 'probe of the feeds', async () => {
    await withDatabaseDeadline(connection.run(r.expr(1), PROBE_MS), PROBE_MS).catch(() => undefined); // a miss drops it
  });
}
