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

describe('switches over HTTP', () => {
  it('register with 201, and again with 200, as metal-core expects', async () => {
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
  ])('registering %o is refused with %i', async (body, status) => {
    errorOf(await server.as('editor').post('/v1/switch/register').send(body).expect(status));
  });

  it('take notifications of agents old and new', async () => {
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
    await notify({ sync_duration: 700, error: 'frr does not reload', port_states: null }).expect(200);
    const read = await server.as('viewer').get('/v1/switch/leaf1').expect(200);
    expect(read.body).toMatchObject({
      last_sync: { duration: 500 },
      last_sync_error: { duration: 700, error: 'frr does not reload' },
    });
    expect(read.body.nics[0]).toMatchObject({ actual: 'UP', bgp_port_state: bgp });
    await server.as('editor').post('/v1/switch/ghost/notify').send(full).expect(404);
  });

  it('are changed, found and refuse to go while machines are connected', async () => {
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

  it('tell what the machine at a port may announce', async () => {
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

  it('migrate', async () => {
    await server.as('editor').post('/v1/switch/register').send(registration('leaf3')).expect(201);
    const migrate = (body: object) => server.as('admin').post('/v1/switch/migrate').send(body);
    await migrate({ old_switch_id: 'leaf2', new_switch_id: '' }).expect(400);
    await migrate({ old_switch_id: 'leaf2', new_switch_id: 'ghost' }).expect(404);
    const { body } = await migrate({ old_switch_id: 'leaf2', new_switch_id: 'leaf3' }).expect(200);
    expect(body).toMatchObject({ id: 'leaf3', mode: 'operational', connections: [{ machine_id: 'm1' }] });
  });

  it('keep their partition from being deleted', async () => {
    const refusal = await server.as('admin').delete('/v1/partition/p1').expect(422);
    expect(errorOf(refusal).message).toContain('switches still refer to it');
  });
});
