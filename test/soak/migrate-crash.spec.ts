import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random } from '../../src/agent/simulator/random.js';
import { sleep } from '../../src/shared/concurrency/timers.js';
import { EmbeddedEngine } from '../../src/platform/store/embedded/embedded-engine.js';
import type { Engine } from '../../src/platform/store/engine.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import type { Document } from '../../src/platform/store/table.js';
import { LiveTable } from '../../src/platform/store/live-table.js';
import { describeOnDatabases, type Database } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { SEED } from '../support/property-seed.js';
import { nextRelease, programIn, removeRelease, thisRelease, type Release } from '../support/upgrade/release.js';

const TABLES = ['machine', 'event'];
const DOCUMENTS = 300;

/** How long the migration takes for each document, in milliseconds. */
const PAUSE = 3;

/** Between the begin of the migration and the signal, in milliseconds; all rounds together leave something to do. */
const LONGEST_DELAY = 300;

/** A killed process leaves its lock on a shared database, and the next one waits 20 s for it. */
const ROUNDS: Readonly<Record<string, readonly NodeJS.Signals[]>> = {
  embedded: ['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGKILL', 'SIGTERM'],
  rethinkdb: ['SIGTERM', 'SIGTERM', 'SIGKILL'],
};

interface Renewed extends Document {
  readonly renewed?: boolean;
}

describeOnDatabases('metal-api migrate, interrupted by signals', ({ kind, start }) => {
  let database: Database;
  let next: Release;
  /** What each process has written. */
  const told: string[] = [];
  beforeAll(async () => {
    database = await start();
    next = nextRelease(TABLES, PAUSE);
  }, 60_000);
  afterAll(async () => {
    await database?.stop();
    if (next) removeRelease(next);
  });

  it(`continues each time, and changes every document once (seed ${SEED})`, async () => {
    expect((await run(thisRelease)).code).toBe(0);
    await withTables(async (tables) => {
      for (const table of tables) {
        await Promise.all(Array.from({ length: DOCUMENTS }, (_, n) => table.insert({ id: `document-${n}` })));
      }
    });
    const random = new Random(SEED);
    let interrupted = 0;
    for (const signal of ROUNDS[kind]!) {
      const { code, output } = await run(next, signal, random.between(0, LONGEST_DELAY));
      if (code === 0) continue; // the signal came too late
      interrupted++;
      if (signal === 'SIGTERM') expect(output).toContain('interrupted by SIGTERM: run "metal-api migrate" again');
      expect(code, output).toBe(signal === 'SIGTERM' ? 1 : null);
    }
    expect(interrupted).toBeGreaterThan(0);
    const ends = kind === 'embedded' ? [await run(next), await run(next)] : await Promise.all([run(next), run(next)]);
    const output = ends.map((end) => end.output).join('');
    expect(ends.map(({ code }) => code)).toEqual(ends.map(() => 0));
    expect(output).toContain('nothing to migrate');
    expect(told.join('')).toMatch(/^\d{4} renewed, machine: 300 of 300 in [\d.]+ s$/m);
    expect(told.join('').match(/^migrated to 0*\d+$/gm)).toHaveLength(2);
    await withTables(async (tables) => {
      for (const table of tables) {
        const wrong = [...table.list()].filter((document) => !document.renewed || document.revision !== 2);
        expect(wrong).toEqual([]);
        expect(table.size).toBe(DOCUMENTS);
      }
    });
  });

  /** Runs `migrate`; sends the signal so many milliseconds after the migration of documents has begun. */
  async function run({ folder }: Release, signal?: NodeJS.Signals, delay = 0) {
    const env = { PATH: process.env['PATH'], METAL_API_DEV: 'true', ...database.variables };
    const child = spawn(process.execPath, [programIn(folder), 'migrate'], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    const closed = once(child, 'close') as Promise<[number | null]>;
    if (signal !== undefined) {
      const begun = (): boolean => output.includes(' renewed') || child.exitCode !== null;
      await eventually('the migration has begun', begun, 60_000);
      await sleep(delay);
      child.kill(signal);
    }
    const [code] = await closed;
    told.push(output);
    return { code, output };
  }

  async function withTables(use: (tables: readonly LiveTable<Renewed>[]) => Promise<void>): Promise<void> {
    const { shared, variables } = database;
    const engine: Engine = shared
      ? new RethinkEngine(shared)
      : new EmbeddedEngine(join(variables['METAL_API_DATA_DIR']!, 'store'));
    await engine.open({ tables: TABLES, logs: [] });
    const tables = TABLES.map((name) => new LiveTable<Renewed>(engine, { name, indexes: {} }));
    try {
      for (const table of tables) await table.start();
      await use(tables);
      for (const table of tables) await table.stop();
    } finally {
      await engine.close();
    }
  }
});
