import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { plantedAllocation, plantMachine } from '../support/machines.js';

let server: TestApp;
const event = (name: 'Waiting' | 'Phoned Home' | 'Crashed') => [
  { time: new Date().toISOString(), event: name, message: '' },
];
const waiting = { liveliness: 'Alive', events: event('Waiting') } as const;

beforeAll(async () => {
  server = await startTestApp();
  const admin = server.as('admin');
  for (const id of ['ber', 'fra', 'muc']) await admin.put('/v1/partition').send({ id, bootconfig: {} }).expect(201);
  await admin.put('/v1/size').send({ id: 'small', constraints: [] }).expect(201);
  await admin
    .put('/v1/tenant')
    .send({ meta: { id: 't' } })
    .expect(201);
  for (const id of ['P1', 'P2']) await admin.put('/v1/project').send({ meta: { id }, tenant_id: 't' }).expect(201);
  const reservation = { id: 'r', sizeid: 'small', projectid: 'P1', partitionids: ['fra'], amount: 2 };
  await admin.put('/v1/size/reservations').send(reservation).expect(201);
  const place = { partitionId: 'fra', sizeId: 'small' };
  for (const id of ['m1', 'm2'])
    await plantMachine(server, id, { machine: { ...place, waiting: true }, events: waiting });
  await plantMachine(server, 'm3', {
    machine: { ...place, allocation: plantedAllocation({ project: 'P1' }) },
    events: { liveliness: 'Alive', events: event('Phoned Home') },
  });
  await plantMachine(server, 'm4', {
    machine: { ...place, sizeId: 'gone' },
    events: { liveliness: 'Dead', events: event('Crashed') },
  });
  await plantMachine(server, 'm5', { machine: { partitionId: 'ber', sizeId: 'small' } });
});
afterAll(() => server.close());

describe('capacity over HTTP', () => {
  const capacity = (body: object) => server.as('viewer').post('/v1/partition/capacity').send(body);

  it('counts machines by partition and size', async () => {
    const { body } = await capacity({ projectid: null }).expect(200);
    expect(body).toMatchObject([
      {
        id: 'fra',
        servers: [
          {
            size: 'small',
            total: 3,
            allocated: 1,
            allocatable: 2,
            free: 1,
            unavailable: 0,
            phoned_home: 1,
            waiting: 2,
            other: 0,
            othermachines: [],
            reservations: 2,
            usedreservations: 1,
            remainingreservations: 1,
          },
          { size: 'unknown', total: 1, unavailable: 1, other: 1, othermachines: ['m4'], faultymachines: ['m4'] },
        ],
      },
    ]);
  });

  it('filters, and does not count reservations against their owner', async () => {
    const of = async (body: object) => (await capacity(body).expect(200)).body;
    expect((await of({ sizeid: 'small', projectid: 'P1' }))[0].servers).toMatchObject([{ size: 'small', free: 2 }]);
    expect(await of({ id: 'muc' })).toEqual([]);
    expect(await of({ sizeid: 'huge' })).toEqual([]);
    await capacity({ id: 'ghost' }).expect(404);
  });

  it('returns every partition with disjoint classes to legacy clients', async () => {
    const { body } = await server.as('viewer').get('/v1/partition/capacity').expect(200);
    expect(body).toEqual([
      {
        id: 'ber',
        name: '',
        description: '',
        servers: [
          {
            size: 'small',
            total: 1,
            allocated: 0,
            free: 0,
            faulty: 1,
            faultymachines: ['m5'],
            other: 0,
            othermachines: [],
          },
        ],
      },
      {
        id: 'fra',
        name: '',
        description: '',
        servers: [
          {
            size: 'small',
            total: 3,
            allocated: 1,
            free: 2,
            faulty: 0,
            faultymachines: [],
            other: 0,
            othermachines: [],
          },
          {
            size: 'unknown',
            total: 1,
            allocated: 0,
            free: 0,
            faulty: 1,
            faultymachines: ['m4'],
            other: 0,
            othermachines: [],
          },
        ],
      },
      { id: 'muc', name: '', description: '', servers: [] },
    ]);
  });
});
