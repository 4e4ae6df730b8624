import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import { bundleTable } from '../../src/modules/machine/bundle/bundle.table.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { waitEntryTable } from '../../src/modules/machine/waiting-list/wait-entry.table.js';
import { WaitingListPass } from '../../src/modules/machine/waiting-list/waiting-list-pass.service.js';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { ManualClock } from '../../src/shared/clock.js';
import { AllocationSite } from '../support/allocation-site.js';
import { errorOf } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { DEV_KEYS } from '../support/hmac.js';
import { tableOf } from '../support/machines.js';
import { allocatedAt, firewallBody, ipBody, machineBody, setMachineQuota, violationsAt } from '../support/many.js';
import { machineId } from '../support/seed.js';
import { entriesOf, passOf, waitingBody } from '../support/waiting.js';
import type { WaitAnswer } from '../support/waiting.js';

const MANY = '/allocation/many';
const WAIT = '/allocation/wait';
const MACHINES = 3;

let site: AllocationSite;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock(Date.now());
  site = await AllocationSite.start(MACHINES, { METAL_API_AUDITING_ENABLED: 'true' }, { clock });
});
afterEach(() => site.close());

const editor = () => site.server.as('editor');

/** Allocates all machines of the site. */
async function takeAll(): Promise<void> {
  const machines = Array.from({ length: MACHINES }, () => machineBody(site));
  await editor().post(MANY).send({ machines }).expect(200);
}

/** Puts a request on the list. */
async function join(body: object): Promise<WaitAnswer> {
  return (await editor().post(MANY).send(body).expect(202)).body as WaitAnswer;
}

async function get(id: string): Promise<WaitAnswer> {
  return (await site.server.as('viewer').get(`${WAIT}/${id}`).expect(200)).body as WaitAnswer;
}

/** Frees machines, and makes them boot until they wait again. */
async function free(...indexes: readonly number[]): Promise<void> {
  for (const index of indexes)
    await editor()
      .delete(`/v1/machine/${machineId(index)}/free`)
      .expect(200);
  for (const index of indexes) await site.change(index, { waiting: true });
  await passOf(site.server);
}

const states = async (...entries: readonly WaitAnswer[]): Promise<string[]> =>
  Promise.all(entries.map(async ({ id }) => (await get(id)).state));

async function refused(body: object): Promise<{ readonly status: number; readonly message: string }> {
  const answer = await editor().post(MANY).send(body);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  return { status: answer.status, message: errorOf(answer).message };
}

/** A body for a machine of `project-b`, in a network of its own. */
async function bodyOfOther(partitionid = site.lab.partition): Promise<object> {
  const projectid = site.lab.projects.b;
  const { body } = await editor().post('/v1/network/allocate').send({ partitionid, projectid }).expect(201);
  return machineBody(site, { projectid, partitionid, networks: [{ networkid: (body as { id: string }).id }] });
}

async function secondPartition(): Promise<string> {
  const admin = new RestClient({ url: `${site.server.url}/`, role: 'admin', key: DEV_KEYS.admin });
  return (await installLab(admin, 'lab-2')).partition;
}

describe('a request that waits', () => {
  it('is allocated at once while there are machines', async () => {
    const { body } = await editor().post(MANY).send(waitingBody(site, 2)).expect(200);
    expect((body as WaitAnswer).machines).toHaveLength(2);
    expect(entriesOf(site.server)).toEqual([]);
  });

  it('goes on the list when there are none, and is served when a machine becomes free', async () => {
    await takeAll();
    const entry = await join({ ...waitingBody(site), ips: [ipBody(site)] });
    const queue = { partitionid: site.lab.partition, sizeid: site.lab.size, machines: 1, position: 1 };
    expect(entry).toMatchObject({ state: 'waiting', position: 1, queues: [queue], projectids: [site.lab.projects.a] });
    expect(Date.parse(entry.deadline) - Date.parse(entry.since)).toBe(30 * 60_000);
    expect(entry.reason).toContain('no machine available');
    expect(allocatedAt(site.server).ips).toEqual([]);

    await editor()
      .delete(`/v1/machine/${machineId(1)}/free`)
      .expect(200);
    await site.change(1, { waiting: true });
    const served = await eventually('it is served', async () => {
      const found = await get(entry.id);
      return found.state === 'served' && found;
    });
    expect(served).toMatchObject({ position: 0, machines: [machineId(1)], firewalls: [], reason: '' });
    expect(served.ips).toEqual(allocatedAt(site.server).ips);
    expect(site.machine(1).allocation).toMatchObject({ name: 'node-0', project: site.lab.projects.a });
    expect(tableOf(site.server, bundleTable).size).toBe(0);
    expect(await violationsAt(site.server)).toEqual([]);
  });

  it('is served when a machine that was silent is alive again', async () => {
    const events = tableOf(site.server, eventTable);
    for (const index of [0, 1, 2]) await events.update(machineId(index), (one) => ({ ...one, liveliness: 'Dead' }));
    const entry = await join(waitingBody(site));
    await events.update(machineId(2), (one) => ({ ...one, liveliness: 'Alive' }));
    await eventually('it is served', async () => (await get(entry.id)).machines.join() === machineId(2));
  });

  it('is served in order, also if one behind would fit', async () => {
    await takeAll();
    const [first, second, third] = [
      await join(waitingBody(site, 2)),
      await join(waitingBody(site)),
      await join(waitingBody(site)),
    ];
    expect([first.position, second.position, third.position]).toEqual([1, 2, 3]);
    await free(0);
    expect(await states(first, second, third)).toEqual(['waiting', 'waiting', 'waiting']);
    await free(1);
    expect(await states(first, second, third)).toEqual(['served', 'waiting', 'waiting']);
    expect((await get(second.id)).position).toBe(1);
    expect((await get(third.id)).position).toBe(2);
    await free(2);
    expect(await states(second, third)).toEqual(['served', 'waiting']);
    expect(await violationsAt(site.server)).toEqual([]);
  });

  it('stands in the queues of all its sizes and partitions', async () => {
    const elsewhere = await secondPartition();
    await takeAll();
    const there = await bodyOfOther(elsewhere);
    await site.change(2, { partitionId: elsewhere });
    const both = await join({ wait: '1h', machines: [machineBody(site), there] });
    const [here, behind] = [await join(waitingBody(site)), await join({ wait: '1h', machines: [there] })];
    expect(both.queues.map(({ partitionid }) => partitionid)).toEqual([site.lab.partition, elsewhere]);
    expect([here.position, behind.position]).toEqual([2, 2]);
    await free(2);
    expect(await states(both, here, behind)).toEqual(['waiting', 'waiting', 'waiting']);
    await free(0);
    expect(await states(both, here, behind)).toEqual(['served', 'waiting', 'waiting']);
    expect(new Set((await get(both.id)).machines)).toEqual(new Set([machineId(0), machineId(2)]));
  });

  it('is one call in the audit trail, and cancelling it another', async () => {
    await takeAll();
    const entry = await join(waitingBody(site));
    await editor().delete(`${WAIT}/${entry.id}`).set('X-Request-Id', 'cancels').expect(200);
    await eventually('request and response are recorded', async () => {
      const found = await site.server.as('viewer').post('/v1/audit/find').send({ rqid: 'cancels' }).expect(200);
      return (found.body as unknown[]).length === 2;
    });
  });

  it('keeps its secrets to itself, and only until it has ended', async () => {
    await takeAll();
    const { id } = await join(waitingBody(site, 1, { user_data: 'c2VjcmV0' }));
    for (const role of ['viewer', 'admin'] as const) {
      for (const path of [WAIT, `${WAIT}/${id}`])
        expect((await site.server.as(role).get(path).expect(200)).text).not.toContain('c2VjcmV0');
    }
    expect(entriesOf(site.server)[0]!.request).toContain('c2VjcmV0');
    await free(0);
    expect(site.machine(0).allocation?.userData).toBe('c2VjcmV0');
    expect(entriesOf(site.server)[0]!.request).toBe('');
  });

  it('is counted in the metrics', async () => {
    const text = async (): Promise<string> => (await site.service(Metrics).render()).text;
    const labels = `{partition="${site.lab.partition}",size="${site.lab.size}"}`;
    expect(await text()).not.toContain(`metal_api_waiting_requests${labels}`);
    await takeAll();
    await join(waitingBody(site));
    clock.advance(5_000);
    await join(waitingBody(site));
    expect(await text()).toContain(`metal_api_waiting_requests${labels} 2\n`);
    expect(await text()).toContain(`metal_api_waiting_oldest_seconds${labels} 5\n`);
  });
});

describe('requests that are not on the list', () => {
  it('do not get the machines that those on it want', async () => {
    await takeAll();
    const entry = await join(waitingBody(site, 2));
    await free(0);
    const single = await editor().post('/v1/machine/allocate').send(machineBody(site));
    expect([single.status, errorOf(single).message]).toEqual([
      422,
      expect.stringContaining('1 free machine is kept for requests on the waiting list, which want 2'),
    ]);
    const { body } = await editor().post('/allocation/explain').send(machineBody(site)).expect(200);
    expect((body as { refusal: string }).refusal).toContain('kept for requests on the waiting list');
    expect((await refused({ machines: [machineBody(site)] })).message).toContain('waiting list');
    await free(1);
    expect(await states(entry)).toEqual(['served']);
  });

  it('get machines that are left, and machines by UUID', async () => {
    const elsewhere = await secondPartition();
    await takeAll();
    const there = await bodyOfOther(elsewhere);
    await site.change(2, { partitionId: elsewhere });
    const entry = await join({ wait: '1h', machines: [machineBody(site), there] });
    await free(0, 1);
    await editor().post('/v1/machine/allocate').send(machineBody(site)).expect(200);
    expect((await refused({ machines: [machineBody(site)] })).status).toBe(422);
    const left = [0, 1].find((index) => site.machine(index).allocation === undefined)!;
    await editor()
      .post('/v1/machine/allocate')
      .send(machineBody(site, { uuid: machineId(left) }))
      .expect(200);
    expect(await states(entry)).toEqual(['waiting']);
  });

  it('get machines that are reserved for their project, on the list and off it', async () => {
    await takeAll();
    const other = await bodyOfOther();
    const reservation = { id: 'r', projectid: site.lab.projects.b, sizeid: site.lab.size, amount: 2 };
    await site.server
      .as('admin')
      .put('/v1/size/reservations')
      .send({ ...reservation, partitionids: [site.lab.partition] })
      .expect(201);
    const [head, reserved] = [await join(waitingBody(site)), await join({ wait: '1h', machines: [other] })];
    await free(0);
    expect(await states(head, reserved)).toEqual(['waiting', 'served']);
    await free(1);
    expect(await states(head)).toEqual(['waiting']);
    await editor().post('/v1/machine/allocate').send(other).expect(200);
    await free(2);
    expect(await states(head)).toEqual(['served']);
  });
});

describe('a request does not go on the list', () => {
  it.each([
    ['soon', '"soon"'],
    ['0', '"0"'],
    ['900ms', '"900ms"'],
    ['-5m', '"-5m"'],
    ['24h1s', '"24h1s"'],
    [`${'9'.repeat(400)}h`, '"999'],
  ])('with wait %s', async (wait, quoted) => {
    await takeAll();
    const { status, message } = await refused({ ...waitingBody(site), wait });
    expect([status, message]).toEqual([400, expect.stringContaining(`wait is ${quoted}`)]);
    expect(message).toContain('expected a duration from 1s to 24h');
  });

  it('with a wait that is no text', async () => {
    expect((await refused({ ...waitingBody(site), wait: 30 })).status).toBe(400);
  });

  it('if anything else is missing', async () => {
    await takeAll();
    await setMachineQuota(site, site.lab.projects.b, 0);
    const other = await bodyOfOther();
    for (const machines of [[machineBody(site, { imageid: 'none' })], [machineBody(site), other]])
      expect((await refused({ wait: '1h', machines })).message).toMatch(/^nothing was allocated: /);
    expect((await refused({ wait: '1h', machines: [machineBody(site, { uuid: machineId(0) })] })).status).toBe(422);
    expect((await refused({ ...waitingBody(site), ips: [ipBody(site, { networkid: 'nowhere' })] })).status).toBe(404);
    expect(entriesOf(site.server)).toEqual([]);
  });

  it('if the partition has fewer machines of the size than it needs', async () => {
    const { status, message } = await refused(waitingBody(site, MACHINES + 1));
    expect([status, message]).toEqual([
      422,
      'nothing was allocated, and waiting cannot help: partition "lab" has 3 machines of size "c1-lab-x86" that fit ' +
        'filesystem layout "default" in all, the request needs 4',
    ]);
  });

  it('if it is too long, or the list is full', async () => {
    await takeAll();
    const long = await refused(waitingBody(site, 3, { user_data: 'x'.repeat(800_000) }));
    expect([long.status, long.message]).toEqual([400, expect.stringMatching(/may have 2097152 characters of JSON/)]);
    const entry = await join(waitingBody(site));
    const table = tableOf(site.server, waitEntryTable);
    const stored = table.get(entry.id)!;
    for (let number = 2; number <= 100; number++) await table.insert({ ...stored, id: randomUUID(), number });
    expect(await refused(waitingBody(site))).toEqual({
      status: 422,
      message: `nothing was allocated, and the waiting list is full: it holds 100 requests of project "${site.lab.projects.a}"`,
    });
    await join({ wait: '1h', machines: [await bodyOfOther()] });
    await editor().delete(`${WAIT}/${entry.id}`).expect(200);
    await join(waitingBody(site));
  });
});

describe('an entry of the list ends', () => {
  it('when it is cancelled, once; then the next one is served', async () => {
    await takeAll();
    const [first, second] = [await join(waitingBody(site, 2)), await join(waitingBody(site))];
    await free(0);
    for (const _ of [1, 2]) {
      const { body } = await editor().delete(`${WAIT}/${first.id}`).expect(200);
      expect(body).toMatchObject({ id: first.id, state: 'cancelled', position: 0, machines: [] });
    }
    await eventually('the next one is served', async () => (await get(second.id)).state === 'served');
    const late = await editor().delete(`${WAIT}/${second.id}`);
    expect([late.status, errorOf(late).message]).toEqual([
      409,
      `Conflict entry "${second.id}" of the waiting list was served, free what it got instead: ${machineId(0)}`,
    ]);
  });

  it('when its time is over, whether or not a machine becomes free then', async () => {
    await takeAll();
    const [first, second] = [await join({ ...waitingBody(site), wait: '1s' }), await join(waitingBody(site))];
    clock.advance(1_000);
    await free(0);
    expect(await states(first, second)).toEqual(['expired', 'served']);
    expect(Date.parse((await get(first.id)).ended!)).toBe(clock.now());
  });

  it('when it is refused as soon as it is its turn; then the next one is served', async () => {
    await takeAll();
    const other = await bodyOfOther();
    const [first, second] = [await join({ wait: '1h', machines: [other] }), await join(waitingBody(site))];
    await setMachineQuota(site, site.lab.projects.b, 0);
    await free(0);
    expect(await states(first, second)).toEqual(['failed', 'served']);
    expect((await get(first.id)).reason).toContain('project "project-b" has a quota of 0 machines');
    expect(await violationsAt(site.server)).toEqual([]);
  });

  it('and is removed a day later', async () => {
    await takeAll();
    const [first, second] = [await join(waitingBody(site)), await join({ ...waitingBody(site), wait: '24h' })];
    await editor().delete(`${WAIT}/${first.id}`).expect(200);
    clock.advance(24 * 3600_000 - 1);
    await site.service(WaitingListPass).tidy();
    expect(entriesOf(site.server)).toHaveLength(2);
    clock.advance(1);
    await passOf(site.server);
    await site.service(WaitingListPass).tidy();
    expect(entriesOf(site.server).map(({ id, state }) => [id, state])).toEqual([[second.id, 'expired']]);
  });
});

describe('the list', () => {
  it('is shown in its order, by project and state', async () => {
    await takeAll();
    const entries = [
      await join(waitingBody(site)),
      await join({ wait: '1h', machines: [await bodyOfOther()] }),
      await join({ wait: '1h', firewalls: [firewallBody(site)] }),
    ];
    await editor().delete(`${WAIT}/${entries[0]!.id}`).expect(200);
    const list = async (query: string): Promise<number[]> => {
      const { body } = await site.server.as('viewer').get(`${WAIT}${query}`).expect(200);
      return (body as WaitAnswer[]).map(({ id }) => entries.findIndex((entry) => entry.id === id));
    };
    expect(await list('')).toEqual([0, 1, 2]);
    expect(await list('?state=waiting')).toEqual([1, 2]);
    expect(await list(`?project=${site.lab.projects.b}`)).toEqual([1]);
    expect(await list(`?project=${site.lab.projects.a}&state=cancelled`)).toEqual([0]);
    const answer = await site.server.as('viewer').get(`${WAIT}?state=idle`);
    expect([answer.status, errorOf(answer).message]).toEqual([
      400,
      'query parameter "state" is "idle", expected one of waiting, serving, served, expired, cancelled, failed',
    ]);
  });

  it('knows no other entries, and lets viewers cancel none', async () => {
    await takeAll();
    const { id } = await join(waitingBody(site));
    const unknown = await site.server.as('viewer').get(`${WAIT}/nothing`);
    expect([unknown.status, errorOf(unknown).message]).toEqual([
      404,
      'NotFound no entry of the waiting list with id "nothing" found',
    ]);
    await editor().delete(`${WAIT}/nothing`).expect(404);
    await site.server.as('viewer').delete(`${WAIT}/${id}`).expect(403);
    await site.server.as('nobody').get(WAIT).expect(403);
    expect(await states({ id } as WaitAnswer)).toEqual(['waiting']);
  });

  it('has one entry for all requests with an idempotency key', async () => {
    await takeAll();
    const key = randomUUID();
    const send = () => editor().post(MANY).set('Idempotency-Key', key).send(waitingBody(site)).expect(202);
    const answers = [await send(), ...(await Promise.all([send(), send()]))];
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(entriesOf(site.server)).toHaveLength(1);
    await free(0);
    expect((await send()).text).toBe(answers[0]!.text);
    expect(allocatedAt(site.server).machines).toHaveLength(MACHINES);
    expect([...tableOf(site.server, machineTable).list()].filter(({ claim }) => claim)).toEqual([]);
  });
});
