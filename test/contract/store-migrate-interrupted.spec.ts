import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random } from '../../src/agent/simulator/random.js';
import { sleep } from '../../src/shared/concurrency/timers.js';
import type { Engine } from '../../src/platform/store/engine.js';
import { LiveTable } from '../../src/platform/store/live-table.js';
import { MIGRATION_TABLE, recordId, type Migration } from '../../src/platform/store/migration/migration.js';
import { migrate } from '../../src/platform/store/migration/migrator.js';
import type { Document } from '../../src/platform/store/table.js';
import { describeOnEngines, type Lab } from '../support/engines.js';
import { FragileEngine } from '../support/fragile-engine.js';
import { RUNS, SEED } from '../support/property-seed.js';

/** A document that keeps which migrations have changed it. */
interface Box extends Document {
  readonly form: number;
  readonly changes: readonly number[];
}

const TABLES = ['box', 'crate'] as const;
const TIMING = { renew: 5, stale: 60 };

/** Each changes all documents of both tables. */
const rewriting = (version: number): Migration => ({
  version,
  name: `form-${version}`,
  up: async (data) => {
    for (const table of TABLES) {
      await data.rewrite(table, (document) => {
        const { form, changes, ...rest } = document as Box;
        return form === version - 1 ? { ...rest, form: version, changes: [...changes, version] } : document;
      });
    }
  },
});

const MIGRATIONS: readonly Migration[] = [{ version: 1, name: 'tables', tables: TABLES }, ...[2, 3, 4].map(rewriting)];

/** Runs the migrations in a process that dies, is told to stop, or ends well, as chance has it; resolves in any case. */
async function attempt(database: Engine, random: Random): Promise<string> {
  const interruption = new AbortController();
  const process = new FragileEngine(database);
  const way = random.between(0, 2);
  if (way === 0) process.arm({ atWrite: random.between(0, 60), carriedOut: random.chance(0.5) });
  const until = random.between(1, 60);
  let steps = 0;
  const progress = (): void => {
    if (way === 1 && ++steps === until) interruption.abort(new Error('told to stop'));
  };
  return migrate(process.engine, MIGRATIONS, { timing: TIMING, progress, signal: interruption.signal }).then(
    () => 'done',
    (error: Error) => error.message,
  );
}

/** A server of the release before, which removes documents meanwhile. Returns their number. */
async function removeSome(table: LiveTable<Box>, random: Random): Promise<number> {
  let removed = 0;
  for (const { id } of [...table.list()].filter(() => random.chance(0.2))) {
    if (await table.remove(id).catch(() => undefined)) removed++;
    await sleep(random.between(0, 4));
  }
  return removed;
}

async function filled(lab: Lab, count: number): Promise<{ engine: Engine; tables: LiveTable<Box>[] }> {
  const engine = lab.connect();
  await engine.open({ tables: [...TABLES, MIGRATION_TABLE], logs: [] });
  const tables = TABLES.map((name) => new LiveTable<Box>(engine, { name, indexes: {} }));
  for (const table of tables) {
    await table.start();
    await Promise.all(Array.from({ length: count }, (_, n) => table.insert({ id: `${n}`, form: 1, changes: [] })));
  }
  return { engine, tables };
}

describeOnEngines({ suite: 'interrupted migrations' }, (candidate) => {
  const { kind } = candidate;
  beforeAll(() => candidate.prepare(), 60_000);
  afterAll(() => candidate.cleanUp());
  const runs = Math.ceil(RUNS / (kind === 'rethinkdb' ? 20 : 5));
  // Two processes cannot have an embedded database open.
  const atOnce = kind === 'embedded' ? 1 : 2;

  it(`change every document once, however often they are interrupted (${runs} times, seed ${SEED})`, async () => {
    const ends = new Map<string, number>();
    for (let run = 0; run < runs; run++) {
      const random = new Random(SEED + run);
      const place = candidate.lab();
      const count = random.between(1, 40);
      const { engine, tables } = await filled(place, count);
      const removals = tables.map((table) => removeSome(table, random));
      for (let tries = random.between(1, 4); tries > 0; tries--) {
        const attempts = Array.from({ length: atOnce }, () => attempt(place.connect(), random));
        for (const end of await Promise.all(attempts)) ends.set(end, (ends.get(end) ?? 0) + 1);
      }
      await migrate(place.connect(), MIGRATIONS, { timing: TIMING });
      expect(await migrate(place.connect(), MIGRATIONS, { timing: TIMING })).toEqual([]);

      const removed = await Promise.all(removals);
      for (const [index, table] of tables.entries()) {
        const fresh = await Promise.all([...table.list()].map(({ id }) => engine.read(table.name, id)));
        const boxes = fresh.flatMap(({ current }) => (current ? [current as Box] : []));
        expect(boxes, `run ${run}`).toHaveLength(count - removed[index]!);
        for (const box of boxes) expect(box, `run ${run}`).toMatchObject({ form: 4, changes: [2, 3, 4], revision: 4 });
        await table.stop();
      }
      for (const { version } of MIGRATIONS) {
        expect(await engine.read(MIGRATION_TABLE, recordId(version)), `run ${run}`).toMatchObject({ revision: 1 });
      }
      expect((await engine.read(MIGRATION_TABLE, 'lock')).current).toBeUndefined();
      await engine.close();
      await place.close();
    }
    if (runs >= 20) expect([...ends.keys()]).toEqual(expect.arrayContaining(['told to stop', 'this process is dead']));
  }, 300_000);
});
