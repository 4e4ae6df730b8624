import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { AllocationSite } from '../support/allocation-site.js';
import { errorOf } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { HeldWrites } from '../support/held-writes.js';
import { DEV_KEYS } from '../support/hmac.js';
import { tableOf } from '../support/machines.js';
import { allocatedAt, firewallBody, ipBody, machineBody, setMachineQuota, violationsAt } from '../support/many.js';
import { machineId } from '../support/seed.js';

const PATH = '/allocation/many';

interface Answer {
  readonly machines: readonly { readonly id: string; readonly allocation: { readonly name: string } }[];
  readonly firewalls: Answer['machines'];
  readonly ips: readonly { readonly ipaddress: string; readonly name: string }[];
}

let site: AllocationSite;
let writes: HeldWrites;
beforeEach(async () => {
  writes = new HeldWrites(new MemoryEngine());
  site = await AllocationSite.start(6, { METAL_API_AUDITING_ENABLED: 'true' }, { engine: writes.engine });
});
afterEach(() => site.close());

const many = (body: object) => site.server.as('editor').post(PATH).send(body);
const names = (members: Answer['machines']): string[] => members.map(({ allocation }) => allocation.name);

/** Sends what must be refused without a trace; returns status and message. */
async function refused(body: object): Promise<{ readonly status: number; readonly message: string }> {
  const before = allocatedAt(site.server);
  const answer = await many(body);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(allocatedAt(site.server)).toEqual(before);
  expect(await violationsAt(site.server)).toEqual([]);
  return { status: answer.status, message: errorOf(answer).message };
}

async function secondPartition(): Promise<string> {
  const admin = new RestClient({ url: `${site.server.url}/`, role: 'admin', key: DEV_KEYS.admin });
  return (await installLab(admin, 'lab-2')).partition;
}

describe('allocation/many', () => {
  it('allocates machines, firewalls and addresses, and answers in the order of the request', async () => {
    const answer = await many({
      machines: ['a', 'b', 'c'].map((name) => machineBody(site, { name })),
      firewalls: [firewallBody(site, { name: 'f' })],
      ips: ['x', 'y'].map((name) => ipBody(site, { name, type: 'static' })),
    }).expect(200);
    const { machines, firewalls, ips } = answer.body as Answer;
    expect([names(machines), names(firewalls), ips.map(({ name }) => name)]).toEqual([
      ['a', 'b', 'c'],
      ['f'],
      ['x', 'y'],
    ]);
    const stored = allocatedAt(site.server);
    expect([...machines, ...firewalls].map(({ id }) => id).sort()).toEqual(stored.machines);
    expect(ips.map(({ ipaddress }) => ipaddress).sort()).toEqual(stored.ips);
    for (const { ipaddress } of ips) await site.server.as('editor').delete(`/v1/ip/free/${ipaddress}`).expect(200);
    expect(await violationsAt(site.server)).toEqual([]);
  });

  it('spreads the machines of one request over racks', async () => {
    for (const index of [0, 1, 2]) await site.change(index, { rackId: `rack-${index + 10}` });
    const { body } = await many({ machines: Array.from({ length: 4 }, () => machineBody(site)) }).expect(200);
    const racks = (body as Answer).machines.map(({ id }) => tableOf(site.server, machineTable).get(id)!.rackId);
    expect(new Set(racks)).toEqual(new Set(['rack-1', 'rack-10', 'rack-11', 'rack-12']));
  });

  it('takes machines by UUID together with others of their size', async () => {
    const machines = [machineBody(site), machineBody(site, { uuid: machineId(3) }), machineBody(site)];
    const { body } = await many({ machines }).expect(200);
    const ids = (body as Answer).machines.map(({ id }) => id);
    expect(ids[1]).toBe(machineId(3));
    expect(new Set(ids).size).toBe(3);
  });

  it('allocates no machine before everything is acquired and decided', async () => {
    const release = writes.hold('allocationbundle', 'replace');
    const body = { machines: [machineBody(site), machineBody(site)], ips: [ipBody(site)] };
    const answer = many(body).then((response) => response);
    await eventually('the bundle is about to be decided', () => writes.waiting > 0);
    const machines = [...site.machines.list()];
    expect(machines.filter(({ claim }) => claim?.prepared !== undefined)).toHaveLength(2);
    expect(machines.filter(({ allocation }) => allocation !== undefined)).toEqual([]);
    const [held] = allocatedAt(site.server).ips;
    const free = await site.server.as('editor').delete(`/v1/ip/free/${held}`);
    expect([free.status, errorOf(free).message]).toEqual([409, expect.stringContaining('is being allocated together')]);
    await site.server.as('editor').post('/v1/ip').send({ ipaddress: held, name: 'mine' }).expect(409);
    release();
    expect((await answer).status).toBe(200);
    await site.server.as('editor').delete(`/v1/ip/free/${held}`).expect(200);
  });

  it('gives everything to one of two requests for the same machines', async () => {
    const pair = [machineBody(site, { uuid: machineId(0) }), machineBody(site, { uuid: machineId(1) })];
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all([many({ machines: pair }), many({ machines: [...pair].reverse() })]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
      for (const index of [0, 1])
        await site.server
          .as('editor')
          .delete(`/v1/machine/${machineId(index)}/free`)
          .expect(200);
      await site.seed(6);
      expect(await violationsAt(site.server)).toEqual([]);
    }
  });

  it('gives everything to one of two requests for the last machines of two partitions', async () => {
    const elsewhere = { partitionid: await secondPartition() };
    const network = await site.server
      .as('editor')
      .post('/v1/network/allocate')
      .send({ ...elsewhere, projectid: site.lab.projects.a })
      .expect(201);
    const there = machineBody(site, { ...elsewhere, networks: [{ networkid: (network.body as { id: string }).id }] });
    const pair = [machineBody(site), there];
    await site.change(5, { partitionId: elsewhere.partitionid });
    for (const index of [0, 1, 2, 3]) await site.change(index, { waiting: false });
    const answers = await Promise.all([many({ machines: pair }), many({ machines: [...pair].reverse() })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(allocatedAt(site.server).machines).toEqual([machineId(4), machineId(5)]);
    expect(await violationsAt(site.server)).toEqual([]);
  });

  it('is one call in the audit trail', async () => {
    const rqid = 'allocates-many';
    const body = { machines: [machineBody(site), machineBody(site)], ips: [ipBody(site)] };
    await site.server.as('editor').post(PATH).set('X-Request-Id', rqid).send(body).expect(200);
    const lines = await eventually('request and response are recorded', async () => {
      const found = (await site.server.as('viewer').post('/v1/audit/find').send({ rqid }).expect(200))
        .body as unknown[];
      return found.length >= 2 && found;
    });
    expect(lines).toHaveLength(2);
  });
});

describe('allocation/many refuses, and nothing remains,', () => {
  it('with the problem of every member', async () => {
    const { status, message } = await refused({
      machines: [machineBody(site), machineBody(site, { imageid: 'none' }), machineBody(site, { ssh_pub_keys: ['x'] })],
      firewalls: [firewallBody(site, { projectid: '' })],
      ips: [ipBody(site), ipBody(site, { networkid: 'nowhere' })],
    });
    expect(status).toBe(400);
    expect(message).toMatch(
      /^nothing was allocated: machines\[1\]: .*; machines\[2\]: .*; firewalls\[0\]: .*; ips\[1\]: /,
    );
    expect(message).not.toMatch(/machines\[0\]|ips\[0\]/);
  });

  it('more machines than are free', async () => {
    const { status, message } = await refused({ machines: Array.from({ length: 8 }, () => machineBody(site)) });
    expect(status).toBe(422);
    expect(message).toMatch(
      /^nothing was allocated: machines\[6\]: no machine available.*; machines\[7\]: no machine available/,
    );
  });

  it('more machines than the quota of the project leaves', async () => {
    await setMachineQuota(site, site.lab.projects.a, 3);
    await many({ machines: [machineBody(site)] }).expect(200);
    const { status, message } = await refused({ machines: Array.from({ length: 4 }, () => machineBody(site)) });
    expect(status).toBe(422);
    expect(message).toContain(
      'machines[2]: project "project-a" has a quota of 3 machines: 2 of 4 machines can be added',
    );
    await many({ machines: [machineBody(site), machineBody(site)] }).expect(200);
    expect((await refused({ machines: [machineBody(site)] })).message).toContain('no machine can be added');
  });

  it('more addresses than a network has left', async () => {
    const network = { id: 'tiny', prefixes: ['192.0.2.0/29'], destinationprefixes: [], vrf: 77 };
    const flags = { nat: false, privatesuper: false, underlay: false };
    await site.server
      .as('admin')
      .put('/v1/network')
      .send({ ...network, ...flags })
      .expect(201);
    const tiny = { networks: [{ networkid: site.network }, { networkid: 'tiny' }] };
    const { status, message } = await refused({
      machines: Array.from({ length: 4 }, () => machineBody(site, tiny)),
      ips: Array.from({ length: 3 }, () => ipBody(site, { networkid: 'tiny' })),
    });
    expect(status).toBe(422);
    expect(message).toBe(
      'nothing was allocated: ips[2]: 6 free IPv4 addresses are left in network "tiny", the request needs 7',
    );
  });

  it.each([
    ['an unknown document', { imageid: 'none', projectid: '' }, 400],
    ['an unknown project', { projectid: 'nobody' }, 404],
  ])('%s with the status of a single allocation', async (_, fields, status) => {
    expect((await refused({ machines: [machineBody(site), machineBody(site, fields)] })).status).toBe(status);
  });

  it('the same machine twice, and one that is in use', async () => {
    const uuid = machineId(1);
    const machines = [machineBody(site, { uuid }), machineBody(site, { uuid: uuid.toUpperCase() })];
    expect((await refused({ machines })).message).toContain(`machines[1]: machine "${uuid}" is wanted by machines[0]`);
    await many({ machines: machines.slice(0, 1) }).expect(200);
    expect((await refused({ machines: [machineBody(site), machines[0]] })).message).toMatch(
      /machines\[1\]: .*allocated/,
    );
  });

  it.each([
    ['nothing', {}, 'expected at least one'],
    ['more than 32 members', 33, '33 machines, firewalls and ips, expected at most 32 in all'],
  ])('%s', async (_, what, reason) => {
    const body = typeof what === 'number' ? { ips: Array.from({ length: what }, () => ipBody(site)) } : what;
    expect(await refused(body)).toMatchObject({ status: 400, message: expect.stringContaining(reason) as string });
  });

  it('callers that may only read', async () => {
    await site.server
      .as('viewer')
      .post(PATH)
      .send({ ips: [ipBody(site)] })
      .expect(403);
  });
});
