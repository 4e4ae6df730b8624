import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineNetwork } from '../../src/modules/network/machine-networks.js';
import { SwitchService } from '../../src/modules/switch/switch.service.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { plantedAllocation, plantLeaf, plantMachine } from '../support/machines.js';
import { neighbor, wired } from '../support/switches.js';

let server: TestApp;
const nics = (...names: string[]) => names.map((name) => ({ mac: null, name, identifier: name, actual: null }));
const registration = (id: string, more: object = {}) => ({
  id,
  name: id,
  partition_id: 'p1',
  rack_id: 'r1',
  nics: nics('Ethernet4', 'Ethernet0'),
  os: { vendor: 'SONiC', version: '4.2', metal_core_version: 'v0.16.0' },
  management_ip: '10.0.0.1',
  management_user: 'admin',
  ...more,
});

beforeAll(async () => {
  server = await startTestApp();
  await server.as('admin').put('/v1/partition').send({ id: 'p1', bootconfig: {} }).expect(201);
});
afterAll(() => server.close());

describe('switches over HTTP', { shuffle: false }, () => {
  it('return 201 for the first registration and 200 for the next, as metal-core expects', async () => {
    await server.as('viewer').post('/v1/switch/register').send(registration('leaf1')).expect(403);
    const { body } = await server.as('editor').post('/v1/switch/register').send(registration('leaf1')).expect(201);
    expect(body).toMatchObject({
      id: 'leaf1',
      mode: '',
      rack_id: 'r1',
      partition: { id: 'p1' },
      os: { vendor: 'SONiC', version: '4.2', metal_core_version: 'v0.16.0' },
      connections: [],
      last_sync: null,
      last_sync_error: null,
    });
    expect(body.nics).toEqual(
      ['Ethernet0', 'Ethernet4'].map((name) => ({
        mac: '',
        name,
        identifier: name,
        vrf: '',
        actual: 'UNKNOWN',
        admin_status: 'UP',
        filter: null,
        bgp_port_state: null,
      })),
    );
    await server.as('editor').post('/v1/switch/register').send(registration('leaf1')).expect(200);
  });

  it.each([
    [registration(''), 400],
    [registration('x', { nics: nics('a', 'a') }), 400],
    [registration('x', { partition_id: 'nowhere' }), 404],
    [registration('x', { os: { vendor: 'v1.2' } }), 422],
    [registration('x', { nics: 'many' }), 400],
  ])('reject the registration %o with %i', async (body, status) => {
    errorOf(await server.as('editor').post('/v1/switch/register').send(body).expect(status));
  });

  it('accept notifications of legacy and current agents', async () => {
    const notify = (body: object) => server.as('editor').post('/v1/switch/leaf1/notify').send(body);
    const bgp = {
      Neighbor: 'm1',
      PeerGroup: 'MACHINE',
      VrfName: 'vrf30',
      BgpState: 'Established',
      BgpTimerUpEstablished: 1234567890123,
      SentPrefixCounter: 2,
      AcceptedPrefixCounter: 3,
    };
    const full = {
      sync_duration: 500,
      error: null,
      port_states: { Ethernet0: 'UP' },
      bgp_port_states: { Ethernet0: bgp },
    };
    const { body } = await notify(full).expect(200);
    expect(body).toMatchObject({ id: 'leaf1', last_sync: { duration: 500, error: null }, last_sync_error: null });
    expect(Object.keys(body).sort()).toEqual(['description', 'id', 'last_sync', 'last_sync_error', 'name']);
    const legacy = await notify({ sync_duration: 700, error: 'frr does not reload' }).expect(200);
    const whole = (await server.as('viewer').get('/v1/switch/leaf1').expect(200)).body;
    expect(legacy.body).toEqual(whole);
    await notify({ sync_duration: 700, error: 'frr does not reload', port_states: null }).expect(200);
    const read = await server.as('viewer').get('/v1/switch/leaf1').expect(200);
    expect(read.body).toMatchObject({
      last_sync: { duration: 500 },
      last_sync_error: { duration: 700, error: 'frr does not reload' },
    });
    expect(read.body.nics[0]).toMatchObject({ actual: 'UP', bgp_port_state: bgp });
    await server.as('editor').post('/v1/switch/ghost/notify').send(full).expect(404);
  });

  it('are updated and found, and cannot be deleted while machines are connected', async () => {
    await server.as('editor').post('/v1/switch/register').send(registration('leaf2')).expect(201);
    const switches = server.app.get(SwitchService);
    await switches.connect(wired('m1', neighbor('leaf1', 'Ethernet4'), neighbor('leaf2', 'Ethernet4')));
    await server.as('admin').post('/v1/switch/leaf1/port').send({ nic: 'ethernet4', status: 'DOWN' }).expect(200);
    await server.as('admin').post('/v1/switch/leaf1/port').send({ nic: 'ethernet4', status: 'LEFT' }).expect(400);
    const { body } = await server
      .as('admin')
      .post('/v1/switch')
      .send({ id: 'leaf1', description: 'left', mode: 'replace', os: { vendor: '4.2' } })
      .expect(200);
    expect(body).toMatchObject({ description: 'left', mode: 'replace', console_command: '', os: { vendor: 'SONiC' } });
    expect(body.nics[1]).toMatchObject({ name: 'Ethernet4', actual: 'DOWN' });
    expect(body.connections).toEqual([
      { machine_id: 'm1', nic: expect.objectContaining({ name: 'Ethernet4', actual: 'UNKNOWN', filter: null }) },
    ]);
    const found = await server
      .as('viewer')
      .post('/v1/switch/find')
      .send({ rackid: 'r1', osvendor: 'SONiC' })
      .expect(200);
    expect(found.body.map(({ id }: { id: string }) => id)).toEqual(['leaf1', 'leaf2']);
    await server.as('editor').delete('/v1/switch/leaf1?force=false').expect(400);
    await server.as('editor').delete('/v1/switch/leaf1?force=maybe').expect(400);
    await server.as('editor').delete('/v1/switch/leaf1?force=true').expect(200);
    await server.as('editor').delete('/v1/switch/leaf1').expect(404);
  });

  it('keep the room set by an agent or an operator, and pass it on to their machines', async () => {
    const register = async (id: string, more: object) =>
      (
        await server
          .as('editor')
          .post('/v1/switch/register')
          .send(registration(id, { rack_id: 'r9', ...more }))
      ).body;
    expect((await register('room-a', { room_id: 'hall-1' })).room_id).toBe('hall-1');
    expect((await register('room-b', {})).room_id).toBe('');
    for (const room_id of [null, '', undefined]) expect((await register('room-a', { room_id })).room_id).toBe('hall-1');
    await plantMachine(server, 'm9', { machine: { rackId: 'r9' } });
    const machine = async () => (await server.as('viewer').get('/v1/machine/m9').expect(200)).body.roomid;
    const inRoom = async (roomid: string) =>
      (await server.as('viewer').post('/v1/machine/find').send({ roomid }).expect(200)).body.map(
        ({ id }: { id: string }) => id,
      );
    expect(await machine()).toBe('');
    const switches = server.app.get(SwitchService);
    await switches.connect(wired('m9', neighbor('room-a', 'Ethernet4'), neighbor('room-b', 'Ethernet4')));
    expect([await machine(), await inRoom('hall-1'), await inRoom('hall-2')]).toEqual(['hall-1', ['m9'], []]);
    for (const id of ['room-a', 'room-b']) {
      const update = { id, rack_id: 'r9', room_id: 'hall-2' };
      expect((await server.as('admin').post('/v1/switch').send(update).expect(200)).body.room_id).toBe('hall-2');
      const kept = await server.as('admin').post('/v1/switch').send({ id, rack_id: 'r9' }).expect(200);
      expect(kept.body.room_id).toBe('hall-2');
    }
    expect([await machine(), await inRoom('hall-1'), await inRoom('hall-2')]).toEqual(['hall-2', [], ['m9']]);
    const found = await server.as('viewer').post('/v1/switch/find').send({ roomid: 'hall-2' }).expect(200);
    expect(found.body.map(({ id }: { id: string }) => id)).toEqual(['room-a', 'room-b']);
  });

  it.each([
    ['v0.16.1', {}, 'UNKNOWN', 'DOWN'],
    ['devel', {}, 'UNKNOWN', 'DOWN'],
    ['v0.17.0', {}, 'DOWN', 'DOWN'],
    ['devel', { room_id: 'hall-1' }, 'DOWN', 'DOWN'],
    ['v0.18.0 (abc)', { room_id: 'hall-1' }, 'DOWN', 'DOWN'],
  ])(
    'with agent %s %o, a lost link reads %s and a port with desired status DOWN reads %s',
    async (version, more, lost, shut) => {
      const os = { vendor: 'SONiC', version: '4', metal_core_version: version };
      const body = registration('agent', { ...more, os });
      await server.as('editor').post('/v1/switch/register').send(body).expect(201);
      const nic = async () => (await server.as('viewer').get('/v1/switch/agent').expect(200)).body.nics[0];
      const report = (state: string) =>
        server
          .as('editor')
          .post('/v1/switch/agent/notify')
          .send({ sync_duration: 1, port_states: { Ethernet0: state } });
      const toggle = (status: string) =>
        server.as('admin').post('/v1/switch/agent/port').send({ nic: 'Ethernet0', status });
      await report('DOWN').expect(200);
      expect(await nic()).toMatchObject({ actual: lost, admin_status: 'UP' });
      // A port without a machine can be switched, too.
      await toggle('DOWN').expect(200);
      expect(await nic()).toMatchObject({ actual: shut, admin_status: 'DOWN' });
      await toggle('UP').expect(200);
      await report('UP').expect(200);
      expect(await nic()).toMatchObject({ actual: 'UP', admin_status: 'UP' });
      await server.as('editor').delete('/v1/switch/agent').expect(200);
    },
  );

  it('show what the machine at a port may announce', async () => {
    const network: MachineNetwork = {
      networkId: 'n1',
      type: 'privateprimaryunshared',
      prefixes: ['10.0.4.0/22'],
      ips: ['10.0.4.1'],
      destinationPrefixes: [],
      vrf: 42,
      asn: 4210000001,
      nat: false,
      projectId: 'p',
      networkType: 'child',
      natType: 'none',
    };
    await plantMachine(server, 'm7', { machine: { allocation: plantedAllocation({ networks: [network] }) } });
    const leaf = await plantLeaf(server, 'leaf7', 'm7');
    const { body } = await server.as('viewer').get(`/v1/switch/${leaf.id}`).expect(200);
    expect(body.nics).toMatchObject([{ vrf: 'vrf42', filter: { cidrs: ['10.0.4.0/22'], vnis: [] } }]);
    expect(body.connections).toMatchObject([{ machine_id: 'm7', nic: { filter: null } }]);
  });

  it('are migrated', async () => {
    await server.as('editor').post('/v1/switch/register').send(registration('leaf3')).expect(201);
    const migrate = (body: object) => server.as('admin').post('/v1/switch/migrate').send(body);
    await migrate({ old_switch_id: 'leaf2', new_switch_id: '' }).expect(400);
    await migrate({ old_switch_id: 'leaf2', new_switch_id: 'ghost' }).expect(404);
    const { body } = await migrate({ old_switch_id: 'leaf2', new_switch_id: 'leaf3' }).expect(200);
    expect(body).toMatchObject({ id: 'leaf3', mode: 'operational', connections: [{ machine_id: 'm1' }] });
  });

  it('prevent the deletion of their partition', async () => {
    const refusal = await server.as('admin').delete('/v1/partition/p1').expect(422);
    expect(errorOf(refusal).message).toContain('switches still refer to it');
  });
});
