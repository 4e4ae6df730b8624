import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { plantMachine } from '../support/machines.js';

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp();
  await server.as('admin').put('/v1/partition').send({ id: 'fra' }).expect(201);
});
afterAll(() => server.close());

const report = (reports: unknown, partitionid: unknown = 'fra') =>
  server.as('editor').post('/v1/machine/ipmi').send({ partitionid, reports });

/** As sent by metal-bmc. */
const found = (fields: object = {}) => ({
  BMCIp: '10.0.0.1',
  BMCVersion: '1.73',
  BIOSVersion: '3.1',
  FRU: { board_mfg: 'Supermicro', board_part_number: 'X11DPT-B', product_serial: null },
  PowerState: 'ON',
  IndicatorLEDState: 'LED-OFF',
  PowerMetric: { averageconsumedwatts: 16.5, intervalinmin: 5, maxconsumedwatts: 20, minconsumedwatts: 10 },
  PowerSupplies: [{ status: { health: 'OK', state: 'Enabled' } }],
  ...fields,
});

describe('BMC reports over HTTP', () => {
  it('create and update machines, and can be read back', async () => {
    const first = await report({ 'm-2': found(), 'm-1': found({ BMCIp: '2001:db8::1' }) }).expect(200);
    expect(first.body).toEqual({ created: ['m-1', 'm-2'], updated: [] });
    const second = await report({ 'm-2': found({ PowerState: 'OFF', FRU: null, PowerMetric: null }) }).expect(200);
    expect(second.body).toEqual({ created: [], updated: ['m-2'] });

    const { body } = await server.as('editor').get('/v1/machine/m-2/ipmi').expect(200);
    expect(body).toMatchObject({ partition: { id: 'fra' }, bios: { version: '3.1' }, ledstate: { value: 'LED-OFF' } });
    expect(body.ipmi).toMatchObject({
      address: '10.0.0.1:623',
      bmcversion: '1.73',
      powerstate: 'OFF',
      fru: { board_mfg: 'Supermicro', board_part_number: 'X11DPT-B', product_serial: '' },
      powermetric: { averageconsumedwatts: 16.5 },
      powersupplies: [{ status: { health: 'OK', state: 'Enabled' } }],
    });
    const ipv6 = await server.as('editor').get('/v1/machine/m-1/ipmi').expect(200);
    expect(ipv6.body.ipmi.address).toBe('[2001:db8::1]:623');
  });

  it('accept keys in any letter case, and reports without values', async () => {
    const { body } = await report({ 'm-3': { bmcip: '10.0.0.3' }, 'm-4': {} }).expect(200);
    expect(body).toEqual({ created: ['m-3', 'm-4'], updated: [] });
    const read = await server.as('editor').get('/v1/machine/m-3/ipmi').expect(200);
    expect(read.body.ipmi).toMatchObject({ address: '10.0.0.3:623', powersupplies: [] });
  });

  it('assign machines without a partition, and leave machines of other partitions alone', async () => {
    await plantMachine(server, 'lost', { machine: { partitionId: undefined } });
    await plantMachine(server, 'foreign', { machine: { partitionId: 'muc' } });
    const { body } = await report({ lost: found(), foreign: found(), '': found() }).expect(200);
    expect(body).toEqual({ created: [], updated: ['lost'] });
    const read = await server.as('viewer').get('/v1/machine/lost').expect(200);
    expect(read.body.partition.id).toBe('fra');
  });

  it('require an editor and an existing partition', async () => {
    await server.as('viewer').post('/v1/machine/ipmi').send({ partitionid: 'fra', reports: {} }).expect(403);
    expect((await report(null).expect(200)).body).toEqual({ created: [], updated: [] });
    expect(errorOf(await report({}, '').expect(400)).message).toContain('partitionid');
    await report({}, null).expect(400);
    await report({}, 'nowhere').expect(404);
    expect((await report({ m: 'x' }).expect(200)).body).toEqual({ created: [], updated: [] });
    await report([]).expect(400);
  });
});
