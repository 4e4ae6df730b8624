import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { bmcTable, machineTable } from '../../src/modules/machine/machine.table.js';
import { newBmcRecord } from '../../src/modules/machine/bmc-record.js';
import { startTestApp } from '../support/app.js';
import type { TestApp, TestRole } from '../support/app.js';
import { HeadscaleServer } from '../support/headscale.js';
import { DEV_KEYS } from '../support/hmac.js';
import { tableOf } from '../support/machines.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';

const SECRETS = { userData: '#!secret-user-data', consolePassword: 'secret-console', bmc: 'secret-bmc' };

interface Path {
  readonly get?: object;
  readonly post?: object;
}

/** Allocates a machine and a firewall with every kind of secret. */
async function populate(server: TestApp): Promise<void> {
  const lab: Lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  const request = { partitionid: lab.partition, projectid: lab.projects.a };
  const network = (await server.as('editor').post('/v1/network/allocate').send(request).expect(201)).body.id as string;
  await seedWaitingMachines((definition) => tableOf(server, definition), 2, lab);
  const common = { projectid: lab.projects.a, user_data: SECRETS.userData };
  await server
    .as('editor')
    .post('/v1/machine/allocate')
    .send({ ...common, uuid: machineId(0), imageid: lab.machineImage, networks: [{ networkid: network }] })
    .expect(200);
  await server
    .as('editor')
    .post('/v1/firewall/allocate')
    .send({
      ...common,
      uuid: machineId(1),
      imageid: lab.firewallImage,
      networks: [{ networkid: network }, { networkid: lab.internet }],
    })
    .expect(200);
  for (const id of [machineId(0), machineId(1)]) {
    await tableOf(server, machineTable).update(id, (machine) => ({
      ...machine,
      allocation: { ...machine.allocation!, consolePassword: SECRETS.consolePassword },
    }));
    await tableOf(server, bmcTable).upsert(id, (bmc) => ({ ...(bmc ?? newBmcRecord(id)), password: SECRETS.bmc }));
  }
}

/** The bodies of all responses that `role` gets from reads: all GETs, and all POSTs that only search. */
async function everythingReadBy(role: TestRole, server: TestApp): Promise<string> {
  const { body } = await server.as('viewer').get('/apidocs.json').expect(200);
  const answers: string[] = [];
  for (const [path, methods] of Object.entries((body as { paths: Record<string, Path> }).paths)) {
    for (const id of path.includes('{') ? [machineId(0), machineId(1)] : ['']) {
      const at = path.replace(/\{[^}]*\}/g, id);
      if (methods.get && !path.includes('consolepassword')) answers.push((await server.as(role).get(at)).text);
      if (methods.post && path.endsWith('/find')) answers.push((await server.as(role).post(at).send({})).text);
    }
  }
  return answers.join('\n');
}

describe('secrets in what viewers read', () => {
  let headscale: HeadscaleServer;
  let server: TestApp;
  let key: string;

  beforeAll(async () => {
    headscale = await HeadscaleServer.start();
    server = await startTestApp(headscale.variables);
    await populate(server);
    key = headscale.keys[0]!.key;
  });
  afterAll(async () => {
    await server.close();
    await headscale.stop();
  });

  it('are in no response of any read, before and after an editor has read the same', async () => {
    for (const role of ['viewer', 'editor', 'viewer'] as const) {
      const text = await everythingReadBy(role, server);
      expect(text.length).toBeGreaterThan(1000);
      for (const secret of [SECRETS.userData, SECRETS.bmc, key]) expect(text.includes(secret)).toBe(role === 'editor');
      expect(text).not.toContain(SECRETS.consolePassword);
    }
  });

  it.each([
    ['GET', `/v1/machine/${machineId(1)}`],
    ['GET', `/v1/firewall/${machineId(1)}`],
    ['GET', `/v1/machine/${machineId(1)}/ipmi`],
    ['POST', '/v1/machine/find'],
    ['POST', '/v1/firewall/find'],
    ['POST', '/v1/machine/ipmi/find'],
  ])('are empty texts in %s %s', async (method, path) => {
    const request = server.as('viewer')[method === 'GET' ? 'get' : 'post'](path);
    const { body } = await (method === 'GET' ? request : request.send({ id: machineId(1) })).expect(200);
    const [machine] = [body].flat() as [object];
    expect(machine).toMatchObject({ allocation: { user_data: '', vpn: { auth_key: '', connected: false } } });
  });
});

describe('METAL_API_VIEWERS_SEE_ALLOCATION_SECRETS', () => {
  it('shows viewers user data and VPN keys, but no password', async () => {
    const headscale = await HeadscaleServer.start();
    const settings = { ...headscale.variables, METAL_API_VIEWERS_SEE_ALLOCATION_SECRETS: 'true' };
    const server = await startTestApp(settings);
    try {
      await populate(server);
      const text = await everythingReadBy('viewer', server);
      expect(text).toContain(SECRETS.userData);
      expect(text).toContain(headscale.keys[0]!.key);
      expect(text).not.toContain(SECRETS.bmc);
      expect(text).not.toContain(SECRETS.consolePassword);
    } finally {
      await server.close();
      await headscale.stop();
    }
  });
});
