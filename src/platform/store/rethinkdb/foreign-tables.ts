import type { Connection } from 'rethinkdb-ts';
import { reasonOf } from './failures.js';
import { connectionOptions, type DatabaseEndpoint } from './pooled-connection.js';
import { r } from './reql.js';

/** A row of a database that is not ours. Times are as the database writes them: `{"$reql_type$": "TIME", …}`. */
export type ForeignRow = Readonly<Record<string, unknown>>;

/**
 * Reads tables of a database that another program owns; never writes, so that a user with the permission to read is
 * enough. Throws Error with the reason in words.
 */
export class ForeignTables {
  private constructor(
    private readonly connection: Connection,
    private readonly database: string,
  ) {}

  static async connect(endpoint: DatabaseEndpoint, database: string): Promise<ForeignTables> {
    try {
      return new ForeignTables(await r.connect(connectionOptions(endpoint)), database);
    } catch (error) {
      throw new Error(reasonOf(error), { cause: error });
    }
  }

  names(): Promise<readonly string[]> {
    return this.run(() => r.db(this.database).tableList().run(this.connection));
  }

  count(table: string): Promise<number> {
    return this.run(() => r.db(this.database).table(table).count().run(this.connection));
  }

  /** Hands every row to `sink`; the database sends them in batches. */
  read(table: string, sink: (row: ForeignRow) => void): Promise<void> {
    return this.run(async () => {
      const options = { timeFormat: 'raw' } as const;
      const cursor = await r.db(this.database).table(table).getCursor(this.connection, options);
      try {
        await cursor.eachAsync((row: ForeignRow) => sink(row));
      } finally {
        await cursor.close().catch(() => undefined);
      }
    });
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private async run<T>(query: () => Promise<T>): Promise<T> {
    try {
      return await query();
    } catch (error) {
      throw new Error(reasonOf(error), { cause: error });
    }
  }
}
