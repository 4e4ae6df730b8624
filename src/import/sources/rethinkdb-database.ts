import { ForeignTables } from '../../platform/store/rethinkdb/foreign-tables.js';
import type { DatabaseEndpoint } from '../../platform/store/rethinkdb/pooled-connection.js';
import { unreadable, type ReadProgress, type RowSink, type ImportSource } from './source.js';

/** How often progress is reported, in rows. */
const STEP = 500;

/** The live RethinkDB of the existing installation; a user with the permission to read is enough. */
export class RethinkDbDatabase implements ImportSource {
  readonly name: string;

  constructor(
    private readonly endpoint: DatabaseEndpoint,
    private readonly database: string,
  ) {
    this.name = `RethinkDB ${endpoint.host}:${endpoint.port}/${database}`;
  }

  async read(tables: readonly string[], sink: RowSink, progress: ReadProgress): Promise<ReadonlySet<string>> {
    try {
      const foreign = await ForeignTables.connect(this.endpoint, this.database);
      try {
        const there = new Set(await foreign.names());
        const wanted = tables.filter((table) => there.has(table));
        for (const table of wanted) await this.readTable(foreign, table, sink, progress);
        return new Set(wanted);
      } finally {
        await foreign.close().catch(() => undefined);
      }
    } catch (error) {
      throw unreadable(this.name, (error as Error).message, error);
    }
  }

  private async readTable(foreign: ForeignTables, table: string, sink: RowSink, progress: ReadProgress): Promise<void> {
    const task = `reading ${table}`;
    const total = await foreign.count(table);
    let done = 0;
    progress(task, done, total);
    await foreign.read(table, (row) => {
      sink(table, row);
      if (++done % STEP === 0) progress(task, done, Math.max(total, done + 1));
    });
    progress(task, done, done);
  }
}
