import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import type { ExplanationResponse } from '../../src/modules/machine/allocation/explanation.dto.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import type { Machine } from '../../src/modules/machine/machine.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { DEV_KEYS } from '../support/hmac.js';
import { tableOf } from '../support/machines.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';

let server: TestApp;
let lab: Lab;
let network: string;

beforeAll(async () => {
  server = await startTestApp();
  lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  const request = { partitionid: lab.partition, projectid: lab.projects.a };
  network = (await server.as('editor').post('/v1/network/allocate').send(request).expect(201)).body.id as string;
  await seedWaitingMachines((definition) => tableOf(server, definition), 6, lab);
});
afterAll(() => server.close());

const body = (more: object = {}) => ({
  projectid: lab.projects.a,
  partitionid: lab.partition,
  sizeid: lab.size,
  imageid: lab.machineImage,
  networks: [{ networkid: network }],
  ...more,
});
const explain = async (more: object = {}, query = ''): Promise<ExplanationResponse> =>
  (await server.as('viewer').post(`/allocation/explain${query}`).send(body(more)).expect(200))
    .body as ExplanationResponse;
const allocate = (more: object = {}) => server.as('editor').post('/v1/machine/allocate').send(body(more));
const change = (index: number, fields: Partial<Machine>) =>
  tableOf(server, machineTable).update(machineId(index), (machine) => ({ ...machine, ...fields }));
const left = ({ filters = [] }: ExplanationResponse) =>
  Object.fromEntries(filters.map((one) => [one.filter, one.left]));

describe('explanations', { shuffle: false }, () => {
  describe('allocation/explain', () => {
    it('says how many machines each filter leaves, and which machine would be taken', async () => {
      await change(0, {
        state: { value: 'LOCKED', description: 'broken fan', issuer: '', metalHammerVersion: '' } as never,
      });
      await change(1, { waiting: false });
      await change(2, { rackId: 'rack-2' });
      await tableOf(server, eventTable).update(machineId(3), (events) => ({ ...events, liveliness: 'Dead' }));
      const result = await explain();
      expect(result.verdict).toBe('allocatable');
      expect(left(result)).toMatchObject({
        partition: 6,
        size: 6,
        unowned: 6,
        state: 5,
        waiting: 4,
        alive: 3,
        layout: 3,
      });
      expect(result.nearestmisses!.map(({ machine, reason }) => [machine, reason])).toEqual([
        [machineId(3), 'its liveliness is Dead, not Alive'],
        [machineId(1), 'its installer does not wait for an allocation'],
        [machineId(0), 'it is LOCKED: broken fan'],
      ]);
      expect(result.chosen!.oneof).toBe(3);
      expect([...result.chosen!.machines].sort()).toEqual([machineId(2), machineId(4), machineId(5)]);
      expect(result.addresses).toEqual([{ network, family: 'IPv4', left: expect.any(Number) as number }]);
      expect([...tableOf(server, machineTable).list()].some(({ allocation, claim }) => allocation ?? claim)).toBe(
        false,
      );
    });

    it('takes the very machine that allocate takes, and says why another one is not taken', async () => {
      await allocate({ uuid: machineId(4) }).expect(200);
      const result = await explain({}, `?machine=${machineId(5)}`);
      expect(result.racks).toEqual([
        { rack: 'rack-1', available: 1, ofproject: 1, tags: 0, wins: false },
        { rack: 'rack-2', available: 1, ofproject: 0, tags: 0, wins: true },
      ]);
      expect(result.chosen).toEqual({ oneof: 1, machines: [machineId(2)] });
      expect(result.machine!.verdict).toContain('other racks than "rack-1" have fewer machines');
      expect((await explain({}, `?machine=${machineId(2)}`)).machine!.verdict).toBe('taken');
      expect((await explain({}, `?machine=${machineId(1)}`)).machine!.verdict).toContain('does not wait');
      expect((await allocate().expect(200)).body).toMatchObject({ id: machineId(2) });
      await allocate().expect(200);
    });

    it('gives the message of the refusal, which carries the summary', async () => {
      const result = await explain();
      expect(result.verdict).toBe('refused');
      expect(result.chosen).toBeUndefined();
      const { message } = errorOf(await allocate().expect(422));
      expect(message).toBe(`${result.refusal} (${result.summary})`);
      expect(message).toContain(
        '(of 6 machines pass: partition 6, size 6, unowned 3, state 2, waiting 1, not-chosen 1, alive 0)',
      );
    });

    it.each([
      ['the image', { imageid: 'nothing-1.0' }, 'nothing-1.0'],
      ['the networks', { networks: [] }, 'networks is empty'],
      ['a network', { networks: [{ networkid: 'none' }] }, 'none'],
      ['the project', { projectid: 'none' }, 'none'],
    ])('names the first violated rule: %s', async (_what, wrong, message) => {
      const result = await explain(wrong);
      expect(result.verdict).toBe('refused');
      expect(result.refusal).toContain(message);
      expect(result.refusal).toBe(errorOf(await allocate(wrong)).message.replace(/^NotFound /, ''));
    });

    it('names the quota', async () => {
      const { body: project } = await server.as('admin').get(`/v1/project/${lab.projects.a}`).expect(200);
      const quotas = { machine: { quota: 1 } };
      await server
        .as('admin')
        .post('/v1/project')
        .send({ ...(project as object), quotas })
        .expect(200);
      const { refusal } = await explain();
      expect(refusal).toContain('has a quota of 1 machine');
      expect(refusal).toBe(errorOf(await allocate().expect(422)).message);
    });

    it('says what refuses a request of one machine', async () => {
      const { refusal } = await explain({
        uuid: machineId(0),
        projectid: lab.projects.b,
        networks: [{ networkid: network }],
      });
      expect(refusal).toBeDefined();
    });

    it('refuses unknown machines and roles', async () => {
      await server.as('viewer').post('/allocation/explain?machine=none').send(body()).expect(404);
      await server.as('viewer').post('/allocation/explain?role=router').send(body()).expect(400);
      await server.as('nobody').post('/allocation/explain').send(body()).expect(403);
    });
  });

  describe('issues/explain', () => {
    it('names issues with the most severe one first, and what to do next', async () => {
      const response = await server
        .as('viewer')
        .get(`/issues/explain?machine=${machineId(3)}`)
        .expect(200);
      const { healthy, issues, next } = response.body as {
        healthy: boolean;
        issues: { id: string; action: string }[];
        next: string;
      };
      expect(healthy).toBe(false);
      expect(issues.map(({ id }) => id)).toContain('liveliness-dead');
      expect(issues[0]!.action).toBe(next);
      const all = await server
        .as('viewer')
        .post('/v1/machine/issues/evaluate')
        .send({ id: machineId(3) })
        .expect(200);
      expect(issues.map(({ id }) => id).sort()).toEqual([...(all.body as { issues: string[] }[])[0]!.issues].sort());
    });

    it('refuses unknown machines', async () => {
      await server.as('viewer').get('/issues/explain?machine=none').expect(404);
      await server.as('viewer').get('/issues/explain').expect(400);
    });
  });
});
