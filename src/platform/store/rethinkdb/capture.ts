import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import { sleep } from '../../../shared/concurrency/timers.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { LogEntry } from '../append-log.js';
import type { EngineNames } from '../engine.js';
import type { SavedState } from '../saved-state.js';
import { Channel } from './channel.js';
import type { ConnectionPool } from './connection-pool.js';
import { withDatabaseDeadline } from './deadline.js';
import { reasonOf } from './failures.js';
import { probe } from './feed.js';
import { r, type ReqlTable } from './reql.js';
import { TableCapture } from './table-capture.js';

/** States that wait for the consumer. */
const CAPACITY = 1000;

/** How long feeds may take to reach the cut, in milliseconds. */
const CUT_MS = 120_000;

/** By how much the clock of the database may drift from this process's during a cut, in milliseconds. */
const DRIFT_MS = 500;

/** What a capture needs of the engine. */
export interface CaptureSource {
  readonly pool: ConnectionPool;
  table(name: string): ReqlTable;
  barrier(table: string): Promise<number>;
  scan(log: string): AsyncIterable<LogEntry>;
}

/**
 * A consistent cut through all tables of a database without transactions (docs/adr/0022-backup.md#rethinkdb). Every row
 * names the second, by the database's clock, in which its last write began. A write that could know of another one began
 * later, so the writes up to the end of a second contain all that they depend on. Each table is read and followed
 * through its change feed; then a second is chosen, and when it is over, a barrier shows that all its writes have
 * arrived.
 */
export async function* captureTables(
  source: CaptureSource,
  { tables, logs }: EngineNames,
): AsyncIterable<readonly SavedState[]> {
  const channel = new Channel<SavedState>(CAPACITY);
  const put = (state: SavedState): Promise<void> => channel.put(state);
  const captures = tables.map((name) => ({ name, capture: new TableCapture(name, source.table(name), put) }));
  const probing = new Scheduler(() => undefined); // a failure ends the feeds, which report it
  probe(source.pool.feeds, probing);
  const work = run(source, captures, logs, put).then(
    () => channel.end(),
    (error: unknown) => channel.end(interrupted(error)),
  );
  try {
    yield* channel.pages();
  } finally {
    channel.end();
    void probing.stop(); // without waiting for a database that may not answer
    for (const { capture } of captures) capture.stop();
    await work;
  }
}

interface Named {
  readonly name: string;
  readonly capture: TableCapture;
}

async function run(
  source: CaptureSource,
  captures: readonly Named[],
  logs: readonly string[],
  put: (state: SavedState) => Promise<void>,
): Promise<void> {
  const following = Promise.all(captures.map(({ capture }) => capture.follow(source.pool.feeds)));
  await Promise.race([following, Promise.all(captures.map(({ capture }) => capture.ready))]);
  await Promise.race([following, cut(source, captures)]);
  await withDatabaseDeadline(following, CUT_MS);
  // After the tables: what a table no longer has, because a log has it, is in the log by now.
  for (const name of logs) {
    for await (const entry of source.scan(name)) await put({ kind: 'entry', name, json: JSON.stringify(entry) });
  }
}

async function cut(source: CaptureSource, captures: readonly Named[]): Promise<void> {
  const clock = new DatabaseClock(source.pool);
  const soon = Math.floor(await clock.now()) + 1;
  // What has been handed on already must not be later than the cut.
  const second = captures.reduce((latest, { capture }) => Math.max(latest, capture.newest), soon);
  for (const { capture } of captures) capture.cutAfter(second);
  await clock.waitUntil(second + 1);
  await Promise.all(captures.map(async ({ name, capture }) => capture.finish(await source.barrier(name))));
}

/** The time of the database. Throws if it is set while this object is in use: times would not show what came first. */
class DatabaseClock {
  private offset: number | undefined;

  constructor(private readonly pool: ConnectionPool) {}

  /** Seconds since the epoch. */
  async now(): Promise<number> {
    const asked = performance.now();
    const seconds = await this.pool.once(r.now().toEpochTime());
    const answered = performance.now();
    const offset = seconds * 1000 - (asked + answered) / 2;
    const drift = Math.abs(offset - (this.offset ??= offset));
    if (drift > DRIFT_MS + (answered - asked)) throw new Error('the clock of the database was set');
    return seconds;
  }

  async waitUntil(second: number): Promise<void> {
    for (let now = await this.now(); now < second; now = await this.now())
      await sleep((second - now) * 1000 + 1, { keepsAlive: true });
  }
}

function interrupted(error: unknown): DomainError {
  const message = `the backup was interrupted, please run it again: ${reasonOf(error)}`;
  return new DomainError('unavailable', message, undefined, { cause: error });
}
