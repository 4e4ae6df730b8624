import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { RethinkServer, rethinkdbAvailable } from './rethinkdb.js';
import type { RethinkOptions } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';

/** An empty real database for complete servers. */
export interface Database {
  /** The METAL_API_* settings of a server that uses the database. */
  readonly variables: Readonly<Record<string, string>>;
  /** Opens the database in the test, in addition to the servers; undefined if it supports only one process. */
  readonly shared: RethinkOptions | undefined;
  stop(): Promise<void>;
}

export interface DatabaseKind {
  readonly kind: string;
  readonly start: () => Promise<Database>;
}

async function embedded(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'metal-e2e-'));
  const variables = { METAL_API_DB: 'embedded', METAL_API_DATA_DIR: folder };
  return { variables, shared: undefined, stop: async () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts a separate RethinkDB. */
export async function rethinkDatabase(): Promise<Database> {
  const server = await RethinkServer.start();
  const shared = server.options();
  const variables = {
    METAL_API_DB: 'rethinkdb',
    METAL_API_DB_ADDR: `${shared.host}:${shared.port}`,
    METAL_API_DB_NAME: shared.database,
    METAL_API_DB_USER: shared.user,
  };
  return { variables, shared, stop: () => server.stop() };
}

const KINDS: readonly (DatabaseKind & { readonly available: (suite: string) => boolean })[] = [
  { kind: 'embedded', start: embedded, available: () => true },
  { kind: 'rethinkdb', start: rethinkDatabase, available: rethinkdbAvailable },
];

/** Runs `suite` once on each kind of database; unavailable kinds are skipped. */
export function describeOnDatabases(suite: string, body: (kind: DatabaseKind) => void): void {
  for (const { available, ...kind } of KINDS) {
    const title = `${suite} on ${kind.kind}`;
    describe.skipIf(!available(title))(title, { shuffle: false }, () => body(kind));
  }
}
