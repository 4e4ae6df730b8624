import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { MachineClaim } from '../../src/modules/machine/machine.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { ProcessIdentity } from '../../src/platform/process/process-identity.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { errorOf, startTestApp, type TestApp } from '../support/app.js';
import { DEV_KEYS } from '../support/hmac.js';
import { tableOf } from '../support/machines.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'metal-claims-'));
  folders.push(folder);
  return folder;
};

/** A replica on a shared database. */
const replica = (engine: MemoryEngine, folder: string): Promise<TestApp> =>
  startTestApp({ METAL_API_DB: 'rethinkdb', METAL_API_DATA_DIR: folder }, { engine });

const nameOf = ({ app }: TestApp): string => app.get(ProcessIdentity).id;
const machinesOf = (app: TestApp) => tableOf(app, machineTable);
const deadline = (): string => new Date(Date.now() + 50_000).toISOString();

/** Machines left behind with a claim of each of these processes. */
async function leave(app: TestApp, by: readonly (string | undefined)[]): Promise<void> {
  const lab = await installLab(new RestClient({ url: `${app.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  await seedWaitingMachines((definition) => tableOf(app, definition), by.length, lab);
  for (const [index, name] of by.entries()) {
    const claim = {
      allocation: `a${index}`,
      project: 'p',
      role: 'machine',
      tags: [],
      deadline: deadline(),
      undoing: false,
    };
    await machinesOf(app).update(machineId(index), (one) => ({
      ...one,
      claim: { ...claim, by: name } as MachineClaim,
    }));
  }
}

const claimed = (app: TestApp): string[] =>
  [...machinesOf(app).list()].flatMap(({ id, claim }) => (claim ? [id] : [])).sort();

describe('a replica that restarts', () => {
  it('immediately undoes claims of its own identity only', async () => {
    const [engine, folder] = [new MemoryEngine(), newFolder()];
    const before = await replica(engine, folder);
    const name = nameOf(before);
    await leave(before, [name, 'another', undefined, name]);
    const allocation = { uuid: 'gone', project: 'p', networks: [], vpn: undefined };
    const release = { id: 'reclaim-gone', allocation: 'gone', deadline: deadline(), by: name };
    await machinesOf(before).update(
      machineId(3),
      (one) => ({ ...one, claim: undefined, allocation, release }) as never,
    );
    await before.close();
    const after = await replica(engine, folder);
    expect(nameOf(after)).toBe(name);
    expect(claimed(after)).toEqual([machineId(1), machineId(2)]);
    expect(machinesOf(after).get(machineId(3))).toMatchObject({ id: machineId(3) });
    expect(machinesOf(after).get(machineId(3))?.release).toBeUndefined();
    await after.close();
  });

  it('undoes nothing while the process with its identity is running, nor in another folder', async () => {
    const [engine, folder] = [new MemoryEngine(), newFolder()];
    const living = await replica(engine, folder);
    await leave(living, [nameOf(living)]);
    for (const where of [folder, newFolder()]) {
      const second = await replica(engine, where);
      expect(nameOf(second)).not.toBe(nameOf(living));
      expect(claimed(second)).toEqual([machineId(0)]);
      await second.close();
    }
    await living.close();
  });

  it('reports the pending undo of a machine left claimed by a crash on all routes', async () => {
    const app = await replica(new MemoryEngine(), newFolder());
    await leave(app, ['another']);
    const id = machineId(0);
    const told = /not allocated, but an allocation for project "p" is in progress and ends within \d+ s/;
    expect((await app.as('viewer').get(`/v1/machine/${id}`).expect(200)).body.allocation).toBeNull();
    const free = await app.as('editor').delete(`/v1/machine/${id}/free`).expect(422);
    const body = { uuid: id, projectid: 'project-a', imageid: 'debian-12', networks: [{ networkid: 'none' }] };
    const network = { partitionid: 'lab', projectid: 'project-a' };
    const { id: networkid } = (await app.as('editor').post('/v1/network/allocate').send(network).expect(201)).body;
    const again = { ...body, networks: [{ networkid }] };
    const allocate = await app.as('editor').post('/v1/machine/allocate').send(again).expect(422);
    for (const answer of [free, allocate]) expect(errorOf(answer).message).toMatch(told);
    await app.close();
  });

  it.each<[string, object, RegExp]>([
    ['a firewall', { role: 'firewall' }, /project "p" is in progress and ends within (\d+) s, retry then/],
    ['another project', { project: 'p-2' }, /project "p-2" is in progress and ends within (\d+) s/],
    ['a claim without the name of a process', { by: undefined }, /is in progress and ends within (\d+) s/],
    [
      'a claim with another time limit',
      { deadline: new Date(Date.now() + 3_000_000).toISOString() },
      /within (\d{4}) s/,
    ],
    ['a machine that was chosen by tags', { tags: ['a=b'] }, /is in progress and ends within (\d+) s/],
    [
      'an allocation that failed',
      { undoing: true },
      /project "p" was interrupted and is being undone, retry in a moment/,
    ],
  ])('tells every caller the same about a crash amid %s', async (_, fields, told) => {
    const app = await replica(new MemoryEngine(), newFolder());
    await leave(app, ['another']);
    const id = machineId(0);
    const claim = { ...machinesOf(app).get(id)!.claim!, ...fields };
    await machinesOf(app).update(id, (one) => ({ ...one, claim }));
    const network = { partitionid: 'lab', projectid: 'project-a' };
    const { id: networkid } = (await app.as('editor').post('/v1/network/allocate').send(network).expect(201)).body;
    const body = { uuid: id, projectid: 'project-a', imageid: 'debian-12', networks: [{ networkid }] };
    expect((await app.as('viewer').get(`/v1/machine/${id}`).expect(200)).body.allocation).toBeNull();
    const refusals = [
      await app.as('editor').delete(`/v1/machine/${id}/free`),
      await app.as('editor').post('/v1/machine/allocate').send(body),
      await app.as('admin').delete(`/v1/machine/${id}`),
    ];
    for (const refusal of refusals) {
      expect([refusal.status, refusal.text]).toEqual([422, expect.anything()]);
      const { message } = errorOf(refusal);
      expect(message).toMatch(/^machine ".*" is not allocated, but an allocation for/);
      expect(message).toMatch(told);
      const seconds = Number(told.exec(message)?.[1] ?? 1);
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(Math.ceil((Date.parse(claim.deadline) - Date.now()) / 1000) + 60);
    }
    await app.close();
  });
});
