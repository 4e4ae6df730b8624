import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import type { Machine } from '../../src/modules/machine/machine.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { DomainError } from '../../src/shared/errors/domain-error.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { override } from '../support/engines.js';
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

const database = new MemoryEngine();
const engine = override(database, {
  replace: async (table, content, revision) => {
    const ends = lost !== 'nothing' && table === 'machine' && (content as Machine).allocation !== undefined;
    if (!ends) return database.replace(table, content, revision);
    if (lost === 'the answer') await database.replace(table, content, revision);
    lost = 'nothing';
    throw new DomainError('unavailable', 'the database did not answer');
  },
});

beforeAll(async () => {
  headscale = await HeadscaleServer.start();
  server = await startTestApp(headscale.variables, { engine });
  lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  const request = { partitionid: lab.partition, projectid: lab.projects.a };
  network = (await server.as('editor').post('/v1/network/allocate').send(request).expect(201)).body.id as string;
  await seedWaitingMachines((definition) => tableOf(server, definition), 2, lab);
});
afterAll(async () => {
  await server.close();
  await headscale.stop();
});
beforeEach(() => {
  lost = 'nothing';
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
