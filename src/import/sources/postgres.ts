import { Client } from 'pg';
import { unreadable, type OldRow, type ReadProgress, type RowSink, type ImportSource } from './source.js';

/** Rows in one round trip. */
const BATCH = 1000;

/**
 * A live PostgreSQL database, read in one read-only transaction that sees one moment. The password may be in the URL, in
 * PGPASSWORD or in the password file of PostgreSQL.
 */
export class PostgresDatabase implements ImportSource {
  readonly name: string;

  constructor(private readonly url: string) {
    const { host, pathname } = new URL(url);
    this.name = `PostgreSQL ${host}${pathname}`;
  }

  async read(tables: readonly string[], sink: RowSink, progress: ReadProgress): Promise<ReadonlySet<string>> {
    const client = new Client({
      connectionString: this.url,
      connectionTimeoutMillis: 10_000,
      application_name: 'metal-api import',
    });
    client.on('error', () => undefined); // a lost connection fails the query under way
    try {
      await client.connect();
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      for (const table of tables) await this.readTable(client, table, sink, progress);
      await client.query('COMMIT');
      return new Set(tables);
    } catch (error) {
      throw unreadable(this.name, (error as Error).message || String((error as NodeJS.ErrnoException).code), error);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** By a cursor: the server keeps what was not fetched yet. `table` is one of our own names. */
  private async readTable(client: Client, table: string, sink: RowSink, progress: ReadProgress): Promise<void> {
    const task = `reading ${table}`;
    const counted = await client.query<{ count: string }>(`SELECT count(*) FROM public.${table}`);
    const total = Number(counted.rows[0]?.count ?? 0);
    progress(task, 0, total);
    await client.query(`DECLARE rows NO SCROLL CURSOR FOR SELECT * FROM public.${table}`);
    for (let done = 0; ;) {
      const { rows } = await client.query<OldRow>(`FETCH ${BATCH} FROM rows`);
      if (rows.length === 0) break;
      for (const row of rows) sink(table, row);
      progress(task, (done += rows.length), Math.max(total, done));
    }
    await client.query('CLOSE rows');
  }
}
