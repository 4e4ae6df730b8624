import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/config.js';
import { createEngine } from '../../src/platform/store/create-engine.js';
import type { Engine } from '../../src/platform/store/engine.js';
import { RethinkServer } from '../support/rethinkdb.js';
import type { EngineName } from './options.js';

/** The database of one run; `stop` removes its data. */
export interface Database {
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
      return database({ METAL_API_DB: 'memory' }, {}, async () => undefined);
  }
}

function embedded(): Database {
  const root = mkdtempSync(join(tmpdir(), 'metal-bench-'));
  const folder = (name: string) => ({ METAL_API_DB: 'embedded', METAL_API_DATA_DIR: join(root, name) });
  return database(folder('fleet'), folder('empty'), async () => rmSync(root, { recursive: true, force: true }));
}

function rethinkdb(server: RethinkServer): Database {
  const named = (name: string) => {
    const { host, port, user, database } = server.options(name);
    const address = { METAL_API_DB_ADDR: `${host}:${port}`, METAL_API_DB_NAME: database, METAL_API_DB_USER: user };
    return { METAL_API_DB: 'rethinkdb', ...address };
  };
  return database(named('bench_fleet'), named('bench_empty'), () => server.stop());
}

function database(fleet: Record<string, string>, empty: Record<string, string>, stop: () => Promise<void>): Database {
  const open = (settings: Record<string, string>): Engine =>
    createEngine(loadConfig({ METAL_API_DEV: 'true', ...fleet, ...settings }).store, (message) =>
      process.stderr.write(`${message}\n`),
    );
  return { environment: fleet, fleet: () => open({}), empty: () => open(empty), stop };
}
