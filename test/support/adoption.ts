import { join } from 'node:path';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { r } from 'rethinkdb-ts';
import { connectionOptions } from '../../src/platform/store/rethinkdb/pooled-connection.js';

const FOLDER = join(import.meta.dirname, '../fixtures/adoption');

export type Variant = 'clean' | 'dirty';

/** A file or folder of an existing installation. */
export const adoptionFile = (variant: Variant, name: string): string => join(FOLDER, variant, name);

/** The options that name all sources. */
export const adoptionSources = (variant: Variant): string[] => [
  ...['--rethinkdb', adoptionFile(variant, 'rethinkdb.tar.gz')],
  ...['--masterdata', adoptionFile(variant, 'masterdata.sql.gz')],
  ...['--ipam', adoptionFile(variant, 'ipam.sql.gz')],
];

/** The user of a restored RethinkDB that may only read, and its password. */
export const READER = { user: 'reader', password: 'may only read' };

/**
 * Restores the archive into a live RethinkDB, as `rethinkdb restore` does, with a user that may only read. `ca` is for a
 * server with TLS.
 */
export async function restoreRethinkDb(port: number, variant: Variant, ca?: Buffer): Promise<void> {
  const database = 'metalapi';
  const tls = ca && { ca, client: undefined, serverName: undefined };
  const admin = { host: '127.0.0.1', port, user: 'admin', password: '', tls };
  const connection = await r.connect(connectionOptions(admin));
  try {
    await r.dbCreate(database).run(connection);
    const { user: id, password } = READER;
    await r.db('rethinkdb').table('users').insert({ id, password }, { conflict: 'replace' }).run(connection);
    await r.db(database).grant(id, { read: true, write: false, config: false }).run(connection);
    const entries = createReadStream(adoptionFile(variant, 'rethinkdb.tar.gz')).pipe(createGunzip()).pipe(extract());
    for await (const entry of entries) {
      const [, table] = /\/metalapi\/(\w+)\.json$/.exec(entry.header.name) ?? [];
      const chunks: Buffer[] = [];
      for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
      if (table === undefined) continue;
      await r.db(database).tableCreate(table).run(connection);
      const rows = JSON.parse(Buffer.concat(chunks).toString('utf8')) as object[];
      const options = { durability: 'soft' } as const;
      for (let start = 0; start < rows.length; start += 5000) {
        const text = JSON.stringify(rows.slice(start, start + 5000));
        await r.db(database).table(table).insert(r.json(text), options).run(connection);
      }
    }
  } finally {
    await connection.close();
  }
}
