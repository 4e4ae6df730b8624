import type { LogEntry, LogRange } from '../append-log.js';
import type { ConnectionPool } from './connection-pool.js';
import { LogClaims } from './log-claims.js';
import { r, type ReqlTable, type Term } from './reql.js';
import { fromRowJson, toRowJson } from './rows.js';
import { throwOnWriteError } from './throw-on-write-error.js';

/** How many entries one query reads, writes or deletes. */
const PAGE = 500;

/** Append-only logs, each in a separate table, ordered by primary key. */
export class RethinkLogs {
  private readonly claims: LogClaims;

  constructor(
    private readonly pool: ConnectionPool,
    private readonly table: (log: string) => ReqlTable,
  ) {
    this.claims = new LogClaims(pool, table);
  }

  async append(log: string, entries: readonly LogEntry[]): Promise<void> {
    for (let from = 0; from < entries.length; from += PAGE) {
      const page = entries.slice(from, from + PAGE).map((entry) => r.json(toRowJson(entry)));
      const query = this.table(log).insert(page, { conflict: 'replace', durability: 'hard' });
      await this.pool.run(throwOnWriteError(query));
    }
  }

  /** See `Engine.claim`. */
  claim(log: string, entry: LogEntry, durable: boolean): Promise<boolean> {
    return this.claims.claim(log, entry, durable);
  }

  /** Reads page by page, with one query each: no cursor has to survive a slow reader or a broken connection. */
  async *scan(log: string, range: LogRange, descending: boolean): AsyncIterable<LogEntry> {
    let rest: LogRange = range;
    for (let after: string | undefined; ;) {
      const page = await this.page(log, rest, descending, after);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.id;
      rest = descending ? { ...range, to: after } : { ...range, from: after };
    }
  }

  async prune(log: string, range: LogRange): Promise<number> {
    for (let pruned = 0; ;) {
      const query = this.between(log, range, false).limit(PAGE).delete({ durability: 'hard' });
      const { result } = await this.pool.run(throwOnWriteError(query));
      if (result.deleted === 0) return pruned;
      pruned += result.deleted;
    }
  }

  async nthNewest(log: string, n: number): Promise<string | undefined> {
    const newest = this.table(log).orderBy({ index: r.desc('id') });
    const { result } = await this.pool.run(newest.skip(n).limit(1).getField<string>('id').coerceTo('array'));
    return result[0];
  }

  private async page(log: string, range: LogRange, descending: boolean, after?: string): Promise<readonly LogEntry[]> {
    const order = { index: descending ? r.desc('id') : 'id' };
    const excludesFirst = !descending && after !== undefined;
    const query = this.between(log, range, excludesFirst).orderBy(order).limit(PAGE);
    const { result } = await this.pool.run(query);
    return result.map((entry) => fromRowJson(entry));
  }

  private between(log: string, { from, to }: LogRange, excludesFirst: boolean): Term<LogEntry[]> {
    const leftBound = excludesFirst ? 'open' : 'closed';
    return this.table(log).between(from ?? r.minval, to ?? r.maxval, { leftBound, rightBound: 'open' });
  }
}
