import { r, type Changes, type Connection, type RCursor, type RTable } from 'rethinkdb-ts';
import { backoff, sleep } from '../../../shared/async.js';
import type { FeedSink, Removal } from '../engine.js';
import type { Document } from '../table.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { withDeadline } from './deadline.js';
import { reasonOf } from './failures.js';
import type { Lane } from './lane.js';
import { fromRow, idOf, type Row } from './rows.js';

/** How many changes the server keeps for a reader who is slow; beyond, it skips some, and that is a gap. */
const QUEUE = 200_000;

/** How long the server may take to start sending a feed, in milliseconds. */
const START_MS = 30_000;

type Entry = Changes<Row | null>;

/** A feed never ends by itself: when it does, the library has lost the connection without an error. */
class FeedEnded extends Error {}

/**
 * Follows one table: collects the initial rows (changes come in between), hands them over as a snapshot, then passes on
 * changes. Whatever goes wrong is a gap: it begins anew after a while.
 */
export class Feed {
  private stopped = false;
  private cursor: RCursor<Entry> | undefined;
  private failures = 0;

  constructor(
    private readonly lane: Lane,
    private readonly table: RTable,
    private readonly sink: FeedSink,
  ) {}

  /** Follows until `stop`. */
  async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.follow();
      } catch (error) {
        if (this.stopped) return;
        this.sink.lost(isDomainError(error) ? error : new Error(reasonOf(error), { cause: error }));
        await sleep(backoff(this.failures++, 20, 2000));
      }
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.cursor?.close().catch(() => undefined);
  }

  private async follow(): Promise<void> {
    const options = { includeInitial: true, includeStates: true, squash: false, changefeedQueueSize: QUEUE };
    const query = this.table.changes(options) as unknown as { run(connection: Connection): Promise<RCursor<Entry>> };
    const cursor = await this.lane.run(query, START_MS);
    this.cursor = cursor;
    try {
      this.handOver(await this.initialRows(cursor));
      this.failures = 0;
      for (;;) this.pass(await this.nextOf(cursor));
    } finally {
      await cursor.close().catch(() => undefined);
    }
  }

  private async nextOf(cursor: RCursor<Entry>): Promise<Entry> {
    const entry = await cursor.next();
    if (this.stopped) throw new FeedEnded('the feed was stopped');
    if (entry.error !== undefined) throw new Error(`the change feed has a gap: ${entry.error}`);
    return entry;
  }

  private async initialRows(cursor: RCursor<Entry>): Promise<Iterable<Row>> {
    const rows = new Map<string, Row>();
    for (;;) {
      const { state, new_val: now, old_val: before } = await this.nextOf(cursor);
      if (state === 'ready') return rows.values();
      if (now) rows.set(now.id, now);
      else if (before) rows.delete(before.id);
    }
  }

  private handOver(rows: Iterable<Row>): void {
    const documents: Document[] = [];
    const removals: Removal[] = [];
    for (const row of rows) {
      const { current, revision } = fromRow(row);
      if (current !== undefined) documents.push(current);
      else removals.push({ id: idOf(row), revision });
    }
    this.sink.snapshot(documents, removals);
  }

  private pass({ new_val: now, old_val: before }: Entry): void {
    if (now) {
      const { current, revision } = fromRow(now);
      if (current !== undefined) this.sink.put(current);
      else this.sink.removed(idOf(now), revision);
    } else if (before && before.$removed === undefined) {
      this.sink.removed(idOf(before), before.revision + 1); // deleted by hand: nobody but an operator does that
    } // else a remembered removal was forgotten
  }
}

/** How often the connection of the feeds is probed, and how long an answer may take, in milliseconds. */
const PROBE_EVERY_MS = 3_000;
const PROBE_MS = 5_000;

/** Notices a connection that died without a word: feeds only listen, they would wait for ever. Returns how to stop. */
export function probe(lane: Lane): () => void {
  let probing = false;
  const tick = async (): Promise<void> => {
    if (probing) return;
    probing = true;
    await withDeadline(lane.run(r.expr(1), PROBE_MS), PROBE_MS).catch(() => undefined); // a miss drops the connection
    probing = false;
  };
  const timer = setInterval(() => void tick(), PROBE_EVERY_MS).unref();
  return () => clearInterval(timer);
}
