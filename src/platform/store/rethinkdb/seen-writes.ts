import type { Row } from './rows.js';

/** For how long at least a write is remembered, in milliseconds: far longer than the database takes to make it durable. */
const REMEMBERED_MS = 30_000;

/** A row as it was seen. */
interface Seen {
  readonly revision: number;
  /** ID of the write that produced the revision; undefined if it was not one of a server. */
  readonly write: string | undefined;
}

/**
 * Which writes have produced the rows that feeds delivered lately. The database tells feeds of a write before it is durable, so a
 * crash may take it back. Another write then produces the same revision with another content, and a process that has not
 * reloaded its tables yet would overwrite it: the ID of the write tells the two apart.
 */
export class SeenWrites {
  private recent = new Map<string, Map<string, Seen>>();
  private older: ReadonlyMap<string, Map<string, Seen>> = new Map();
  private begun = performance.now();

  /** A feed has delivered `row`. */
  see(table: string, { id, revision, $writes: [write] = [] }: Written): void {
    this.expire();
    let rows = this.recent.get(table);
    if (rows === undefined) this.recent.set(table, (rows = new Map<string, Seen>()));
    rows.set(id, { revision, write });
  }

  /** A feed begins anew. `rows` are those that may not be durable yet. */
  reload(table: string, rows: Iterable<Written>): void {
    this.recent.delete(table);
    this.older.get(table)?.clear();
    for (const row of rows) this.see(table, row);
  }

  /** ID of the write that has produced this revision, as it was seen; undefined if that was long ago. */
  behind(table: string, key: string, revision: number): string | undefined {
    const seen = this.recent.get(table)?.get(key) ?? this.older.get(table)?.get(key);
    return seen?.revision === revision ? seen.write : undefined;
  }

  /** In two halves, so that it need not look at each. */
  private expire(): void {
    const now = performance.now();
    if (now - this.begun < REMEMBERED_MS) return;
    this.older = this.recent;
    this.recent = new Map();
    this.begun = now;
  }
}

/** What is needed of a row. */
type Written = Pick<Row, 'id' | 'revision' | '$writes' | '$times'>;

/** Writes whose time differs less from that of the newest one may not be durable, in seconds. */
const UNSETTLED_S = 60;

/** Selects the rows of an initial state that may not be durable yet, by the clock of the database. */
export class UnsettledRows {
  private newest = 0;
  private readonly rows = new Map<string, Written>();

  add({ id, revision, $writes, $times }: Row): void {
    const row = { id, revision, ...($writes && { $writes }), ...($times && { $times }) };
    this.newest = Math.max(this.newest, timeOf(row));
    if (this.isUnsettled(row)) this.rows.set(id, row);
    else this.rows.delete(id);
  }

  remove({ id }: Row): void {
    this.rows.delete(id);
  }

  *[Symbol.iterator](): Iterator<Written> {
    for (const row of this.rows.values()) if (this.isUnsettled(row)) yield row;
  }

  private isUnsettled(row: Written): boolean {
    return timeOf(row) >= this.newest - UNSETTLED_S;
  }
}

const timeOf = ({ $times: [time] = [] }: Written): number => time ?? 0;
