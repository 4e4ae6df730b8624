import { BARRIER_ID } from '../engine.js';
import type { SavedState } from '../saved-state.js';
import type { PooledConnection } from './pooled-connection.js';
import type { RowChange, Cursor, ReqlTable } from './reql.js';
import { fromRow, idOf, type Row } from './rows.js';

/** How many changes the server buffers. Beyond that it skips changes, which ends the capture. */
const QUEUE = 200_000;

/** How long the server may take to start a feed, in milliseconds. */
const START_MS = 30_000;

/**
 * Reads one table, then follows it up to the cut: writes that began in a later second, by the clock of the database, are
 * left out, and so is everything that happens to their documents afterwards.
 */
export class TableCapture {
  /** Resolves when the initial rows are complete; never if following fails before. */
  readonly ready: Promise<void>;
  /** The last second in which a write that was handed on began. */
  newest = 0;
  private becomeReady: () => void = () => undefined;
  private cursor: Cursor<RowChange> | undefined;
  private cut: number | undefined;
  private readonly passed = new Set<string>();
  private barrierSeen = 0;
  private barrierAwaited: number | undefined;
  private over = false;

  constructor(
    private readonly name: string,
    private readonly table: ReqlTable,
    private readonly put: (state: SavedState) => Promise<void>,
  ) {
    this.ready = new Promise((resolve) => (this.becomeReady = resolve));
  }

  /** Hands on states until `finish` finds the barrier, or `stop` is called. Throws when the feed breaks. */
  async follow(connection: PooledConnection): Promise<void> {
    const options = { includeInitial: true, includeStates: true, squash: false, changefeedQueueSize: QUEUE };
    this.cursor = await connection.run(this.table.changes(options), START_MS);
    try {
      while (!this.over) await this.pass(await this.cursor.next());
    } catch (error) {
      if (!this.over) throw error;
    } finally {
      this.stop();
    }
  }

  /** From now on, hands on only writes that began in this second or before. */
  cutAfter(second: number): void {
    this.cut = second;
  }

  /** Ends when the barrier with this revision has passed: then all earlier writes have. */
  finish(barrier: number): void {
    this.barrierAwaited = barrier;
    this.endAtBarrier();
  }

  stop(): void {
    this.over = true;
    this.cursor?.close().catch(() => undefined);
  }

  private async pass({ state, error, new_val: now, old_val: before }: RowChange): Promise<void> {
    if (error !== undefined) throw new Error(`the change feed of table "${this.name}" has a gap: ${error}`);
    if (state === 'ready') this.becomeReady();
    if (now?.id === BARRIER_ID) {
      this.barrierSeen = Math.max(this.barrierSeen, now.revision);
      this.endAtBarrier();
    } else if (now) {
      await this.passRow(now);
    } else if (before && before.$removed === undefined && this.cut === undefined) {
      await this.passRemoval(idOf(before), before.revision + 1); // deleted manually: only operators do that
    } // else a tombstone has expired
  }

  private async passRow(row: Row): Promise<void> {
    const began = row.$times?.[0] ?? 0;
    if (this.cut !== undefined && (began > this.cut || this.passed.has(row.id))) {
      this.passed.add(row.id);
      return;
    }
    this.newest = Math.max(this.newest, began);
    const { current, revision } = fromRow(row);
    if (current === undefined) return this.passRemoval(idOf(row), revision);
    await this.put({ kind: 'document', name: this.name, json: JSON.stringify(current) });
  }

  private passRemoval(id: string, revision: number): Promise<void> {
    return this.put({ kind: 'removal', name: this.name, json: JSON.stringify({ id, revision }) });
  }

  private endAtBarrier(): void {
    if (this.barrierAwaited !== undefined && this.barrierSeen >= this.barrierAwaited) this.stop();
  }
}
