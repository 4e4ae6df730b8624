import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedEngine } from '../../src/platform/store/embedded/embedded-engine.js';
import type { Engine } from '../../src/platform/store/engine.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { Store } from '../../src/platform/store/store.js';
import type { Table } from '../../src/platform/store/table.js';
import { bundle } from '../support/bundle.js';
import { temporaryFolder } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { RethinkServer, rethinkdbKillable } from '../support/rethinkdb.js';
import { boxes, type Box } from '../support/store-box.js';
import { Acknowledged, WriterProcess } from '../support/writer-process.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function load(engine: Engine): Promise<{ readonly store: Store; readonly table: Table<Box> }> {
  const store = new Store(engine, { report: () => undefined });
  const table = store.table(boxes);
  await store.start();
  return { store, table };
}

let program: string;
beforeAll(async () => void (program = await bundle('store-writer')));

describe('embedded engine when killed', () => {
  const ROUNDS = 25;

  it(`keeps every acknowledged write when killed ${ROUNDS} times under load`, async () => {
    const folder = temporaryFolder();
    const heard = new Acknowledged();
    for (let round = 0; round < ROUNDS; round++) {
      const writer = await WriterProcess.start(program, { name: 'w', workers: 20, folder }, heard);
      const enough = heard.writes + 20 + Math.random() * 300;
      await eventually('the writer is writing', () => heard.writes > enough);
      await writer.kill();
      const { store, table } = await load(new EmbeddedEngine(folder));
      expect(heard.wrong(table)).toEqual([]);
      heard.resolve(table);
      await store.stop();
    }
    console.error(`embedded: ${heard.writes} acknowledged writes, ${ROUNDS} kills, none lost`);
    rmSync(folder, { recursive: true, force: true });
    expect(heard.writes).toBeGreaterThan(ROUNDS * 20);
  });

  it('rejects a second process on the same folder, while the first continues', async () => {
    const folder = temporaryFolder();
    const heard = new Acknowledged();
    const first = await WriterProcess.start(program, { name: 'a', workers: 2, folder }, heard);
    await expect(WriterProcess.start(program, { name: 'b', workers: 2, folder }, new Acknowledged())).rejects.toThrow(
      /is in use by another process.*METAL_API_DATA_DIR/,
    );
    const before = heard.writes;
    await eventually('the first process is writing', () => heard.writes > before + 10);
    await first.kill();
    rmSync(folder, { recursive: true, force: true });
  });
});

describe.skipIf(!rethinkdbKillable('RethinkDB killed under load'))('RethinkDB when killed', () => {
  let server: RethinkServer;
  beforeAll(async () => void (server = await RethinkServer.start()));
  afterAll(() => server.stop());

  it('loses no update of a counter shared by two processes, although one is killed', async () => {
    const rethinkdb = server.options();
    const [heardA, heardB] = [new Acknowledged(), new Acknowledged()];
    const { store, table } = await load(new RethinkEngine(rethinkdb));
    const a = await WriterProcess.start(program, { name: 'a', workers: 8, rethinkdb }, heardA);
    const b = await WriterProcess.start(program, { name: 'b', workers: 8, rethinkdb }, heardB);
    await eventually('both are writing', () => Math.min(heardA.total, heardB.total) > 100, 60_000);
    await a.kill();
    const alone = heardB.total;
    await eventually('the other one continues', () => heardB.total > alone + 50, 60_000);
    await b.kill();
    const acknowledged = heardA.total + heardB.total;
    await eventually('this process has followed both', () => (table.get('total')?.count ?? 0) >= acknowledged);
    await eventually('and has their documents', () =>
      [heardA, heardB].every((heard) => heard.wrong(table).length === 0),
    );
    // Each worker has at most one write in flight whose acknowledgement was not received.
    expect((await table.readFresh('total'))!.count).toBeLessThanOrEqual(acknowledged + 16);
    await store.stop();
  });

  it('loses no acknowledged write when restarted under load, and the store recovers automatically', async () => {
    const rethinkdb = server.options();
    const heard = new Acknowledged();
    const { store, table } = await load(new RethinkEngine(rethinkdb));
    const resets: number[] = [];
    table.watch((change) => void (change.type === 'reset' && resets.push(Date.now())));
    const writer = await WriterProcess.start(program, { name: 'w', workers: 20, rethinkdb }, heard);
    for (let round = 0; round < 4; round++) {
      const before = heard.writes;
      await eventually('the writer is writing', () => heard.writes > before + 200);
      await server.kill();
      await eventually('the store detects it', () => !store.ready);
      await pause(Math.random() * 500);
      await server.up();
      await eventually('the store is ready again', () => store.ready, 40_000);
      const after = heard.writes;
      await eventually('the writer continues', () => heard.writes > after + 100, 40_000);
      expect(writer.alive).toBe(true);
    }
    await writer.kill();
    await pause(200);
    const fresh = await load(new RethinkEngine(rethinkdb));
    expect(heard.wrong(fresh.table)).toEqual([]);
    expect(fresh.table.get('total')!.count).toBeLessThanOrEqual(heard.total + 20);
    await eventually(
      'the first store has caught up',
      () => table.get('total')?.revision === fresh.table.get('total')?.revision,
    );
    expect(new Map([...table.list()].map((b) => [b.id, b]))).toEqual(
      new Map([...fresh.table.list()].map((b) => [b.id, b])),
    );
    expect(resets.length).toBeGreaterThanOrEqual(4);
    console.error(`rethinkdb: ${heard.writes} acknowledged writes, 4 kills of the server, none lost, none doubled`);
    await store.stop();
    await fresh.store.stop();
  });
});
