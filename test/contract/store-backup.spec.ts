import { setImmediate as nextRound } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../src/shared/concurrency/timers.js';
import type { Engine, EngineNames } from '../../src/platform/store/engine.js';
import type { SavedState } from '../../src/platform/store/saved-state.js';
import type { Document } from '../../src/platform/store/table.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { describeOnEngines, type Lab } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { RethinkServer, rethinkdbAvailable } from '../support/rethinkdb.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';

const TABLES = ['first', 'second', 'third', 'fourth'];
const NAMES: EngineNames = { tables: TABLES, logs: ['history'] };

interface Counter extends Document {
  readonly count: number;
}

async function captured(engine: Engine, names = NAMES): Promise<SavedState[]> {
  const states: SavedState[] = [];
  for await (const page of engine.capture(names)) states.push(...page);
  return states;
}

/** What a database contains after the states were stored, by `table/id`. */
async function contentOf(states: readonly SavedState[]): Promise<Map<string, Counter>> {
  const engine = new MemoryEngine();
  await engine.store(states);
  const content = new Map<string, Counter>();
  for (const { kind, name, json } of await captured(engine)) {
    if (kind === 'document') content.set(`${name}/${(JSON.parse(json) as Counter).id}`, JSON.parse(json) as Counter);
  }
  return content;
}

/** Writes the numbers from 1 to the tables in turn, each after the one before is confirmed, by one of the engines. */
async function writeChain(engines: readonly Engine[], writer: string, isOver: () => boolean): Promise<number> {
  let count = 0;
  while (!isOver()) {
    await nextRound(); // the memory engine answers at once
    count += 1;
    const engine = engines[count % engines.length]!;
    const table = TABLES[count % TABLES.length]!;
    const { current, revision } = await engine.read(table, writer);
    const content = { id: writer, count } as { id: string };
    const outcome = await (current ? engine.replace(table, content, revision) : engine.insert(table, content));
    if (!outcome.ok) throw new Error('a chain has one writer at a time');
  }
  return count;
}

/**
 * Makes a capture through this engine follow some tables longer than others. Where the ends of tables nearly coincide, they
 * look like a consistent cut most of the time, whatever the engine leaves out.
 */
function withUnequalEnds(engine: Engine): Engine {
  const barrier = engine.barrier?.bind(engine);
  if (!barrier) return engine;
  const late = async (table: string): Promise<number> => {
    await sleep(TABLES.indexOf(table) * 100);
    return barrier(table);
  };
  return Object.assign(engine, { barrier: late });
}

/** The numbers that each table must have if `last` is the last one that was written. */
const expectedAt = (last: number): (number | undefined)[] =>
  TABLES.map((_, table) => {
    const newest = last - ((last - table + 4 * TABLES.length) % TABLES.length);
    return newest > 0 ? newest : undefined;
  });

describeOnEngines({ suite: 'the backup contract' }, (candidate) => {
  beforeAll(() => candidate.prepare(), 120_000);
  afterAll(() => candidate.cleanUp());

  const opened = async (lab: Lab): Promise<Engine> => {
    const engine = lab.connect();
    await engine.open(NAMES);
    return engine;
  };

  it('captures every write that another captured write could depend on, while two processes write', async () => {
    const lab = candidate.lab();
    const engines = await Promise.all([opened(lab), opened(lab)]);
    const reader = withUnequalEnds(await opened(lab));
    let over = false;
    const writers = Array.from({ length: 24 }, (_, i) => `w${String(i)}`);
    const chains = writers.map((writer) => writeChain(engines, writer, () => over));
    await eventually('every chain is under way', async () => {
      const content = await contentOf(await captured(reader));
      return writers.every((writer) => TABLES.every((table) => content.has(`${table}/${writer}`)));
    });
    for (let round = 0; round < 5; round += 1) {
      const content = await contentOf(await captured(reader));
      for (const writer of writers) {
        const counts = TABLES.map((table) => content.get(`${table}/${writer}`)?.count);
        expect(counts, `${writer} in round ${String(round)}`).toEqual(
          expectedAt(Math.max(...counts.map((n) => n ?? 0))),
        );
      }
    }
    over = true;
    const written = await Promise.all(chains);
    expect(Math.min(...written)).toBeGreaterThan(TABLES.length);
    await Promise.all([...engines, reader].map((engine) => engine.close()));
    await lab.close();
  });

  it('captures what was confirmed before it began: documents, removals with revisions, odd IDs, log entries', async () => {
    const lab = candidate.lab();
    const engine = await opened(lab);
    const odd = ['plain', 'ü/x', 'x'.repeat(300), 'with\nline', '$reql_type$'];
    for (const id of odd)
      await engine.insert('first', { id, text: `"${id}"\n`, $reql_type$: 'TIME' } as { id: string });
    await engine.insert('second', { id: 'gone' });
    await engine.remove('second', 'gone', 1);
    await engine.append('history', [{ id: 'e1' }, { id: 'e2' }]);

    const states = await captured(engine);
    const of = (kind: string) =>
      states.filter((state) => state.kind === kind).map(({ json }) => JSON.parse(json) as Document);
    expect(new Set(of('document').map(({ id }) => id))).toEqual(new Set(odd));
    expect(of('document').every(({ revision }) => revision === 1)).toBe(true);
    expect(of('removal')).toMatchObject([{ id: 'gone', revision: 2 }]);
    expect(of('entry').map(({ id }) => id)).toEqual(['e1', 'e2']);
    expect(await engine.estimate(NAMES)).toBeGreaterThanOrEqual(candidate.kind === 'embedded' ? 5 : 6);
    await engine.close();
    await lab.close();
  });

  it('stores what any engine captured, and continues its revisions', async () => {
    const source = new MemoryEngine();
    for (let i = 0; i < 1200; i += 1)
      await source.insert('first', { id: `d${String(i)}`, text: 'x' } as { id: string });
    await source.replace('first', { id: 'd7', text: 'y' } as { id: string }, 1);
    await source.insert('second', { id: 'x'.repeat(200) });
    await source.remove('second', 'x'.repeat(200), 1);
    await source.append('history', [{ id: 'e1' }]);

    const lab = candidate.lab();
    const engine = await opened(lab);
    await engine.insert('third', { id: 'left behind' });
    await engine.clear(NAMES);
    for await (const page of source.capture(NAMES)) await engine.store(page);
    const text = (states: readonly SavedState[]) =>
      states.map(({ kind, name, json }) => {
        const { id, revision } = JSON.parse(json) as Document;
        return `${kind} ${name} ${id} ${String(revision)}`;
      });
    expect(new Set(text(await captured(engine)))).toEqual(new Set(text(await captured(source))));
    expect(await engine.insert('second', { id: 'x'.repeat(200) })).toMatchObject({
      ok: true,
      document: { revision: 3 },
    });
    expect(await engine.replace('first', { id: 'd7' }, 2)).toMatchObject({ ok: true, document: { revision: 3 } });
    await engine.close();
    await lab.close();
  });

  it('ends a capture whose reader leaves, and begins another one', async () => {
    const lab = candidate.lab();
    const engine = await opened(lab);
    await Promise.all(Array.from({ length: 1500 }, (_, i) => engine.insert('first', { id: `d${String(i)}` })));
    for await (const page of engine.capture(NAMES)) if (page.length > 0) break;
    expect(await captured(engine)).toHaveLength(1500);
    await engine.close();
    await lab.close();
  });
});

describe.skipIf(!rethinkdbAvailable('a backup of a RethinkDB that is lost'))(
  'a backup of a RethinkDB that is lost',
  () => {
    it('fails, saying that it was interrupted', async () => {
      const server = await RethinkServer.start();
      const engine = new RethinkEngine(server.options());
      await engine.open(NAMES);
      await engine.insert('first', { id: 'a' });
      const interrupted = async (): Promise<void> => {
        for await (const page of engine.capture(NAMES)) if (page.length > 0) await server.kill();
      };
      await expect(interrupted()).rejects.toThrow('the backup was interrupted, please run it again');
      await engine.close();
      await server.stop();
    });
  },
);
