import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { r } from 'rethinkdb-ts';
import { loadConfig } from '../../src/config/config.js';
import { createEngine } from '../../src/platform/store/create-engine.js';
import type { Engine } from '../../src/platform/store/engine.js';
import { RethinkServer } from '../support/rethinkdb.js';
import type { EngineName } from './options.js';
import { installedVersion, productVersion } from './versions.js';

/** The database of one run; `stop` removes its data. */
export interface Database {
  /** Version of the database program or library. */
  readonly version: string;
  /** Settings of a server on the data of the fleet. */
  readonly environment: Readonly<Record<string, string>>;
  /** Creates an engine on the data of the fleet. */
  fleet(): Engine;
  /** Creates an empty engine on the same medium. */
  empty(): Engine;
  stop(): Promise<void>;
}

export async function openDatabase(engine: EngineName): Promise<Database> {
  switch (engine) {
    case 'embedded':
      return embedded();
    case 'rethinkdb':
      return rethinkdb(await RethinkServer.start());
    case 'memory':
      return database(productVersion, { METAL_API_DB: 'memory' }, {}, async () => undefined);
  }
}

function embedded(): Database {
  const root = mkdtempSync(join(tmpdir(), 'metal-bench-'));
  const folder = (name: string) => ({ METAL_API_DB: 'embedded', METAL_API_DATA_DIR: join(root, name) });
  const stop = async (): Promise<void> => rmSync(root, { recursive: true, force: true });
  return database(installedVersion('classic-level'), folder('fleet'), folder('empty'), stop);
}

async function rethinkdb(server: RethinkServer): Promise<Database> {
  const named = (name: string) => {
    const { host, port, user, database } = server.options(name);
    const address = { METAL_API_DB_ADDR: `${host}:${port}`, METAL_API_DB_NAME: database, METAL_API_DB_USER: user };
    return { METAL_API_DB: 'rethinkdb', ...address };
  };
  return database(await versionOf(server), named('bench_fleet'), named('bench_empty'), () => server.stop());
}

async function versionOf(server: RethinkServer): Promise<string> {
  const { host, port } = server.options('rethinkdb');
  const connection = await r.connect({ host, port, silent: true });
  const versions: unknown = await r.db('rethinkdb').table('server_status')('process')('version').run(connection);
  await connection.close();
  // `rethinkdb 2.4.4~0bookworm (GCC 12.2.0)`
  return (versions as string[])[0]?.replace(/^rethinkdb /, '').replace(/ .*/, '') ?? 'unknown';
}

function database(
  version: string,
  fleet: Record<string, string>,
  empty: Record<string, string>,
  stop: () => Promise<void>,
): Database {
  const open = (settings: Record<string, string>): Engine =>
    createEngine(loadConfig({ METAL_API_DEV: 'true', ...fleet, ...settings }).store, (message) =>
      process.stderr.write(`${message}\n`),
    );
  return { version, environment: fleet, fleet: () => open({}), empty: () => open(empty), stop };
}
