import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/all.js';
import { migrateAtStart, runMigrate } from '../../src/cli/migrate.js';
import type { Config } from '../../src/config/config.js';
import { Store } from '../../src/platform/store/store.js';
import { createBareEngine, createEngine } from '../../src/platform/store/create-engine.js';
import { defineTable, type Document } from '../../src/platform/store/table.js';
import { testConfig } from '../support/app.js';
import { temporaryFolder } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { RethinkServer, rethinkdbAvailable } from '../support/rethinkdb.js';

const images = defineTable<Document>()({ name: 'image' });
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const latest = String(migrations.length).padStart(4, '0');

async function told(config: Config, ...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  expect(await runMigrate(config, args, (line) => lines.push(line))).toBe(0);
  return lines;
}

describe('migrate on the embedded engine', () => {
  it('creates nothing in a dry run, and migrates once', async () => {
    const folder = temporaryFolder();
    const config = testConfig({ METAL_API_DB: 'embedded', METAL_API_DATA_DIR: join(folder, 'data') });
    expect(await told(config, '--dry-run')).toEqual([expect.stringContaining('pending: 0001 tables')]);
    expect(existsSync(join(folder, 'data'))).toBe(false);
    expect((await told(config)).at(-1)).toBe(`migrated to ${latest}`);
    expect(await told(config)).toEqual(['nothing to migrate']);
    expect(await told(config, '--dry-run')).toEqual(['nothing to migrate']);
    await migrateAtStart(config, (line) => expect.fail(line));
    rmSync(folder, { recursive: true, force: true });
  });

  it('names an invalid argument', async () => {
    const config = testConfig();
    await expect(runMigrate(config, ['--down'])).rejects.toThrow("Unknown option '--down'");
    await expect(runMigrate(config, ['--target', '99'])).rejects.toThrow(`"99", expected 1 to ${migrations.length}`);
  });
});

describe.skipIf(!rethinkdbAvailable('migrate on RethinkDB'))('migrate on RethinkDB', () => {
  let server: RethinkServer;
  beforeAll(async () => void (server = await RethinkServer.start()));
  afterAll(() => server.stop());

  const configOf = (database: string, user: string): Config =>
    testConfig({
      METAL_API_DB: 'rethinkdb',
      METAL_API_DB_ADDR: `${server.host}:${server.port}`,
      METAL_API_DB_NAME: database,
      METAL_API_DB_USER: user,
    });

  it('runs dry, migrates once when run twice concurrently, and lets the runtime user only serve', async () => {
    const { database } = server.options();
    const [admin, runtime] = [configOf(database, 'admin'), configOf(database, 'metal')];
    const connection = await r.connect({ host: server.host, port: server.port, silent: true });
    expect(await told(admin, '--dry-run')).toEqual([expect.stringContaining('pending: 0001 tables')]);
    expect(await r.dbList().run(connection)).not.toContain(database);

    const both = await Promise.all([told(admin), told(admin)]);
    expect(both.flat().filter((line) => line === `migrated to ${latest}`)).toHaveLength(1);
    expect(both.flat().filter((line) => line === 'nothing to migrate')).toHaveLength(1);
    expect(await r.db(database).tableList().run(connection)).toEqual(
      expect.arrayContaining(['machine', 'migration', 'log_command_log']),
    );
    await connection.close();

    await migrateAtStart(runtime, (line) => expect.fail(line));
    const store = new Store(createEngine(runtime.store));
    const table = store.table(images);
    await store.start();
    expect((await table.insert({ id: 'ubuntu' })).revision).toBe(1);
    expect((await store.health()).version).toMatch(/^rethinkdb 2\./);
    await store.stop();

    const other = new Store(createEngine(runtime.store));
    other.table(defineTable<Document>()({ name: 'unknown' }));
    await expect(other.start()).rejects.toThrow(/permission/);
    await other.stop();
  });

  it('creates each table once if six servers do so concurrently', async () => {
    const options = server.options();
    const names = many(8, (i) => `table${i}`);
    const stores = many(6, () => new Store(createBareEngine({ engine: 'rethinkdb', dataDir: '', rethinkdb: options })));
    const tables = stores.map((store) => names.map((name) => store.table(defineTable<Document>()({ name }))));
    await Promise.all(stores.map((store) => store.start()));
    await Promise.all(tables.map((of, i) => Promise.all(of.map((table) => table.insert({ id: `by${i}` })))));
    for (const table of tables.flat()) await eventually('all servers see all documents', () => table.size === 6);
    await Promise.all(stores.map((store) => store.stop()));
  });

  it('rejects an unmigrated database when run as the runtime user, with instructions', async () => {
    const first = server.options().database;
    await told(configOf(first, 'admin')); // creates the user
    const runtime = configOf(server.options().database, 'metal');
    await expect(migrateAtStart(runtime, () => undefined)).rejects.toThrow('run "metal-api migrate"');
  });

  it('is refused to the runtime user, with instructions', async () => {
    await told(configOf(server.options().database, 'admin')); // creates the user
    const runtime = configOf(server.options().database, 'metal');
    await expect(runMigrate(runtime, [], () => undefined)).rejects.toThrow(
      /denies user "metal" a required permission \(.*`config` permission\): run "metal-api migrate" as its administrator/,
    );
  });

  it('migrates at startup when run as a privileged user', async () => {
    const admin = configOf(server.options().database, 'admin');
    const lines: string[] = [];
    await migrateAtStart(admin, (line) => lines.push(line));
    expect(lines).toEqual(migrations.map(({ version, name }) => `${String(version).padStart(4, '0')} ${name}`));
  });
});
