import { randomUUID } from 'node:crypto';
import { r, type RDatum, type RTable } from 'rethinkdb-ts';
import type { LogEntry, LogRange } from '../log.js';
import type { Connections } from './connections.js';
import { fromJson, toJson } from './rows.js';
import { checked } from './checked.js';

/** How many entries one query reads, writes or deletes. */
const PAGE = 500;

/** Append-only history in tables of their own, ordered by primary key. */
export class History {
  constructor(
    private readonly connections: Connections,
    private readonly table: (log: string) => RTable,
  ) {}

  async append(log: string, entries: readonly LogEntry[]): Promise<void> {
    for (let from = 0; from < entries.length; from += PAGE) {
      const page = entries.slice(from, from + PAGE).map((entry) => r.json(toJson(entry)));
      const query = this.table(log).insert(page, { conflict: 'replace', durability: 'hard' });
      await this.connections.run(checked(query));
    }
  }

  /**
   * One atomic step, safe to repeat: the entry names who claimed it. Not durable means that the database answers before
   * its disk has it; only a crash of the database within a moment forgets it.
   */
  async claim(log: string, entry: LogEntry, durable: boolean): Promise<boolean> {
    const claimant = randomUUID();
    const mine = r.json(toJson({ ...entry, $claimant: claimant }));
    const step = (row: RDatum<unknown>) => r.branch(row.eq(null), mine, row);
    const options = { durability: durable ? 'hard' : 'soft', returnChanges: 'always' } as const;
    const query = this.table(log)
      .get(entry.id)
      .replace(step as never, options);
    const { result } = await this.connections.run(checked(query));
    const [change] = result.changes as unknown as { new_val: { $claimant?: string } }[];
    return change?.new_val.$claimant === claimant;
  }

  /** Page by page, each a query of its own: no cursor has to survive a slow reader or a broken connection. */
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
      const { result } = await this.connections.run(checked(query));
      if (result.deleted === 0) return pruned;
      pruned += result.deleted;
    }
  }

  async nthNewest(log: string, n: number): Promise<string | undefined> {
    const query = this.table(log)
      .orderBy({ index: r.desc('id') as never })
      .skip(n)
      .limit(1)
      .getField('id')
      .coerceTo('array');
    const { result } = await this.connections.run<string[]>(query);
    return result[0];
  }

  private async page(log: string, range: LogRange, descending: boolean, after?: string): Promise<readonly LogEntry[]> {
    const order = { index: (descending ? r.desc('id') : 'id') as string };
    const excludesFirst = !descending && after !== undefined;
    const query = this.between(log, range, excludesFirst).orderBy(order).limit(PAGE);
    const { result } = await this.connections.run<LogEntry[]>(query);
    return result.map((entry) => fromJson(entry));
  }

  private between(log: string, { from, to }: LogRange, excludesFirst: boolean) {
    const leftBound = excludesFirst ? 'open' : 'closed';
    return this.table(log).between(from ?? r.minval, to ?? r.maxval, { leftBound, rightBound: 'open' });
  }
}
