import { r } from 'rethinkdb-ts';
import type { Database } from './database.js';

/** Rows of one query. */
const CHUNK = 1000;

/** Stores documents in an existing table of the empty database at once: one by one, 50000 would take minutes. */
export async function bulkInsert(
  { environment }: Database,
  table: string,
  documents: readonly { readonly id: string }[],
): Promise<void> {
  const [host = '', port] = (environment['METAL_API_DB_ADDR'] ?? '').split(':');
  const connection = await r.connect({ host, port: Number(port), silent: true });
  const target = r.db('bench_empty').table(table);
  for (let from = 0; from < documents.length; from += CHUNK) {
    const rows = documents.slice(from, from + CHUNK).map((document) => ({ ...document, revision: 1 }));
    await target.insert(r.json(JSON.stringify(rows)) as never, { durability: 'soft' }).run(connection);
  }
  await target.sync().run(connection);
  await connection.close();
}
