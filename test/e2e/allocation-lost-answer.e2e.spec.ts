import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import type { Machine } from '../../src/modules/machine/machine.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
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
  await seedWaitingMachines((definition) => tableOf(server, definition), 6, lab);
});
afterAll(async () => {
  await server.close();
  await headscale.stop();
});
beforeEach(() => {
  lost = 'nothing';
  claim = 'is stored';
});

const allocate = (machine: object) =>
  server
    .as('editor')
    .post('/v1/firewall/allocate')
    .send({
      ...{ ...machine, projectid: lab.projects.a, imageid: lab.firewallImage },
      networks: [{ networkid: network }, { networkid: lab.internet }],
    });
const found = () => leaks((definition) => tableOf(server, definition));

describe('an allocation that loses the response to its final write', () => {
  it('succeeds, with its addresses and its VPN key, if the write was executed', async () => {
    lost = 'the answer';
    const { body } = await allocate({ uuid: machineId(0) }).expect(200);
    expect(body).toMatchObject({ id: machineId(0), allocation: { role: 'firewall' } });
    expect(found()).toEqual([]);
    expect(headscale.join(body.allocation.vpn.auth_key as string, machineId(0))).toBeDefined();
  });

  it('leaves nothing behind if the write was not executed', async () => {
    lost = 'the write';
    await allocate({ uuid: machineId(1) }).expect(503);
    expect(found()).toEqual([]);
    expect(() => headscale.join(headscale.keys.at(-1)!.key, 'x')).toThrow('not valid');
    await allocate({ uuid: machineId(1) }).expect(200);
  });
});

describe('an allocation that loses its claim while it acquires', () => {
  const bySize = () => allocate({ partitionid: lab.partition, sizeid: lab.size });
  const claimed = () => tableOf(server, machineTable).by('unfinished', 'yes');

  it('releases everything if the claim was not stored', async () => {
    claim = 'is not stored';
    await bySize().expect(503);
    expect(found()).toEqual([]);
    await bySize().expect(200);
  });

  it('leaves the claim to the sweeper, and nothing else, if only the answer was lost', async () => {
    claim = 'loses its answer';
    await bySize().expect(503);
    await eventually('the claim is seen', () => claimed().length === 1);
    expect(found()).toEqual([expect.stringContaining(`machine ${claimed()[0]!.id} is claimed`)]);
    await server.app.get(AllocationSweeper, { strict: false }).sweep(Date.now() + 3600_000);
    expect(found()).toEqual([]);
    await bySize().expect(200);
  });

  it('tries again, and takes nothing twice, if the machine was changed meanwhile', async () => {
    claim = 'comes too late';
    const { body } = await bySize().expect(200);
    expect(body.allocation.networks).toHaveLength(3);
    expect(found()).toEqual([]);
  });
});

describe('an allocation of a machine that the request names', () => {
  it('acquires nothing before it has claimed the machine: those who lose take nothing from the one who wins', async () => {
    const [free] = [...tableOf(server, machineTable).list()].filter(({ allocation }) => !allocation);
    let acquisitions = 0;
    const stop = tableOf(server, ipTable).watch(() => acquisitions++);
    claim = 'is not stored';
    await allocate({ uuid: free!.id }).expect(503);
    stop();
    expect(acquisitions).toBe(0);
  });
});
