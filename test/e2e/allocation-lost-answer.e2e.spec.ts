import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import type { Machine } from '../../src/modules/machine/machine.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { AllocationSweeper } from '../../src/modules/machine/allocation/allocation-sweeper.service.js';
import { DomainError } from '../../src/shared/errors/domain-error.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { override } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { HeadscaleServer } from '../support/headscale.js';
import { DEV_KEYS } from '../support/hmac.js';
import { leaks } from '../support/invariants.js';
import { tableOf } from '../support/machines.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';

let headscale: HeadscaleServer;
let server: TestApp;
let lab: Lab;
let network: string;
/** The fate of the final write of an allocation; its response is always lost. */
let lost: 'nothing' | 'the answer' | 'the write' = 'nothing';
/** The fate of a claim, while which AS number and addresses are acquired. */
let claim: 'is stored' | 'loses its answer' | 'is not stored' | 'comes too late' = 'is stored';

const database = new MemoryEngine();
const engine = override(database, {
  replace: async (table, content, revision) => {
    const isClaim = table === 'machine' && (content as Machine).claim?.undoing === false;
    if (isClaim && claim !== 'is stored') return loseClaim(content as Machine, revision);
    const ends = lost !== 'nothing' && table === 'machine' && (content as Machine).allocation !== undefined;
    if (!ends) return database.replace(table, content, revision);
    if (lost === 'the answer') await database.replace(table, content, revision);
    lost = 'nothing';
    throw new DomainError('unavailable', 'the database did not answer');
  },
});

async function loseClaim(machine: Machine, revision: number): Promise<never> {
  const fate = claim;
  claim = 'is stored';
  if (fate === 'loses its answer') await database.replace('machine', machine, revision);
  if (fate === 'comes too late') {
    const acquired = () => found().filter((finding) => finding.startsWith('address ')).length;
    await eventually('three addresses are acquired', () => acquired() === 3);
    const renamed: Machine = { ...machine, claim: undefined, name: 'renamed' };
    await database.replace('machine', renamed, revision);
    return database.replace('machine', machine, revision) as Promise<never>;
  }
  throw new DomainError('unavailable', 'the database did not answer');
}

beforeAll(async () => {
  headscale = await HeadscaleServer.start();
  server = await startTestApp(headscale.variables, { engine });
  lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  const request = { partitionid: lab.partition, projectid: lab.projects.a };
  network = (await server.as('editor').post('/v1/network/allocate').send(request).expect(201)).body.id as string;
  await seedWaitingMachines((definition) => tableOf(server, definition), 5, lab);
});
afterAll(async () => {
  await server.close();
  await headscale.stop();
});
beforeEach(() => {
  lost = 'nothing';
  claim = 'is stored';
});

const allocate = (uuid: string) =>
  server
    .as('editor')
    .post('/v1/firewall/allocate')
    .send({
      ...{ uuid, projectid: lab.projects.a, imageid: lab.firewallImage },
      networks: [{ networkid: network }, { networkid: lab.internet }],
    });
const found = () => leaks((definition) => tableOf(server, definition));

describe('an allocation that loses the response to its final write', () => {
  it('succeeds, with its addresses and its VPN key, if the write was executed', async () => {
    lost = 'the answer';
    const { body } = await allocate(machineId(0)).expect(200);
    expect(body).toMatchObject({ id: machineId(0), allocation: { role: 'firewall' } });
    expect(found()).toEqual([]);
    expect(headscale.join(body.allocation.vpn.auth_key as string, machineId(0))).toBeDefined();
  });

  it('leaves nothing behind if the write was not executed', async () => {
    lost = 'the write';
    await allocate(machineId(1)).expect(503);
    expect(found()).toEqual([]);
    expect(() => headscale.join(headscale.keys.at(-1)!.key, 'x')).toThrow('not valid');
    await allocate(machineId(1)).expect(200);
  });
});

describe('an allocation that loses its claim while it acquires', () => {
  it('releases everything if the claim was not stored', async () => {
    claim = 'is not stored';
    await allocate(machineId(2)).expect(503);
    expect(found()).toEqual([]);
    await allocate(machineId(2)).expect(200);
  });

  it('leaves the claim to the sweeper, and nothing else, if only the answer was lost', async () => {
    claim = 'loses its answer';
    await allocate(machineId(3)).expect(503);
    expect(found()).toEqual([expect.stringContaining(`machine ${machineId(3)} is claimed`)]);
    await server.app.get(AllocationSweeper, { strict: false }).sweep(Date.now() + 3600_000);
    await allocate(machineId(3)).expect(200);
  });

  it('takes the next revision of the machine, and nothing twice, if the machine was changed meanwhile', async () => {
    claim = 'comes too late';
    const { body } = await allocate(machineId(4)).expect(200);
    expect(body).toMatchObject({ id: machineId(4), name: 'renamed' });
    expect(found()).toEqual([]);
  });
});
