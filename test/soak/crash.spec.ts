import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { EmbeddedEngine } from '../../src/platform/store/embedded/embedded-engine.js';
import type { Engine } from '../../src/platform/store/engine.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { eventually } from '../support/eventually.js';
import { leaks } from '../support/invariants.js';
import { RethinkServer, rethinkdbAvailable } from '../support/rethinkdb.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';
import type { Tables } from '../support/seed.js';
import { ServerProcess } from '../support/server-process.js';
import { openTables } from '../support/tables.js';

/** A full run uses 100; each round includes a start of the server. */
const ROUNDS = Number(process.env['METAL_API_TEST_CRASH_ROUNDS'] ?? 8);
const MACHINES = 30;
const WORKERS = 12;

/** Allocates and frees at random until the server is killed in between. */
async function loadUntilKilled(server: ServerProcess, lab: Lab, network: string): Promise<{ done: number }> {
  const editor = server.rest('editor');
  const result = { done: 0 };
  let killed = false;
  const worker = async (): Promise<void> => {
    while (!killed) {
      await act(editor, lab, network)
        .then(() => result.done++)
        .catch(() => undefined);
    }
  };
  const workers = Array.from({ length: WORKERS }, worker);
  await eventually('something is done', () => result.done > 1);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
  await server.kill();
  killed = true;
  await Promise.all(workers);
  return result;
}

function act(editor: RestClient, lab: Lab, network: string): Promise<unknown> {
  const number = Math.floor(Math.random() * MACHINES);
  const uuid = machineId(number);
  const choice = Math.random();
  if (choice < 0.25) return allocate(editor, lab, network, uuid);
  if (choice < 0.5) return allocateMany(editor, lab, network, number);
  return editor.delete(`v1/machine/${uuid}/free`);
}

/** Two neighbouring machines and an address, all of one name, which nothing else has. */
function allocateMany(editor: RestClient, lab: Lab, network: string, first: number): Promise<unknown> {
  const [name, projectid] = [`bundle-${randomUUID()}`, lab.projects.a];
  const machines = [0, 1].map((offset) => ({
    ...{ uuid: machineId((first + offset) % MACHINES), name, projectid, imageid: lab.machineImage },
    networks: [{ networkid: network }],
  }));
  return editor.post('allocation/many', { machines, ips: [{ name, networkid: network, projectid, type: 'static' }] });
}

/** Machines that were allocated together with an address that does not exist; nobody frees these addresses. */
function halves(tables: Tables): string[] {
  const names = new Set([...tables(ipTable).list()].map(({ name }) => name));
  return [...tables(machineTable).list()].flatMap(({ id, allocation: { name = '' } = {} }) =>
    name.startsWith('bundle-') && !names.has(name) ? [`machine ${id} has only a part of ${name}`] : [],
  );
}

const violations = (tables: Tables): string[] => [...leaks(tables), ...halves(tables)];

const allocate = (editor: RestClient, lab: Lab, network: string, uuid: string): Promise<unknown> =>
  editor.post('v1/machine/allocate', {
    uuid,
    projectid: lab.projects.a,
    imageid: lab.machineImage,
    networks: [{ networkid: network }, { networkid: lab.internet }],
  });

async function prepare(server: ServerProcess): Promise<{ lab: Lab; network: string }> {
  const lab = await installLab(server.rest('admin'));
  const body = { partitionid: lab.partition, projectid: lab.projects.a };
  const { id } = await server.rest('editor').post<{ id: string }>('v1/network/allocate', body);
  return { lab, network: id };
}

async function withTables<T>(engine: Engine, use: (tables: Tables) => Promise<T>): Promise<T> {
  const { tables, close } = await openTables(engine);
  return use(tables).finally(close);
}

describe('kill -9 during allocate and free', () => {
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  it(`embedded, ${ROUNDS} times: after a restart nothing is claimed, orphaned or leaked`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'metal-crash-'));
    folders.push(folder);
    const variables = { METAL_API_DATA_DIR: folder };
    let server = await ServerProcess.start(variables);
    const { lab, network } = await prepare(server);
    await server.stop();
    await withTables(new EmbeddedEngine(join(folder, 'store')), (tables) => seedWaitingMachines(tables, MACHINES, lab));

    let done = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      server = await ServerProcess.start(variables);
      done += (await loadUntilKilled(server, lab, network)).done;
      if (round % 5 !== 0 && round !== ROUNDS) continue;
      server = await ServerProcess.start(variables);
      await server.stop();
      await withTables(new EmbeddedEngine(join(folder, 'store')), async (tables) => {
        expect(violations(tables)).toEqual([]);
      });
    }
    expect(done).toBeGreaterThan(ROUNDS);
  }, 900_000);

  it.skipIf(!rethinkdbAvailable('kill -9 of the server on RethinkDB'))(
    `RethinkDB, ${Math.ceil(ROUNDS * 0.3)} times: the next process's sweeper finishes interrupted work`,
    async () => {
      const database = await RethinkServer.start();
      const options = database.options();
      const variables = {
        METAL_API_DB: 'rethinkdb',
        METAL_API_DB_ADDR: `${options.host}:${options.port}`,
        METAL_API_DB_NAME: options.database,
        METAL_API_ALLOCATION_TIMEOUT: '2s',
      };
      let server = await ServerProcess.start(variables);
      const { lab, network } = await prepare(server);
      let done = 0;
      await withTables(new RethinkEngine(options), async (tables) => {
        await seedWaitingMachines(tables, MACHINES, lab);
        for (let round = 1; round <= Math.ceil(ROUNDS * 0.3); round++) {
          done += (await loadUntilKilled(server, lab, network)).done;
          server = await ServerProcess.start(variables);
        }
        await eventually('nothing is left over', () => violations(tables).length === 0, 60_000).catch(() => undefined);
        expect(violations(tables)).toEqual([]);
      });
      expect(done).toBeGreaterThan(0);
      await server.stop();
      await database.stop();
    },
    900_000,
  );
});
