import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab, LAB_HARDWARE } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { bmcTable, machineTable } from '../../src/modules/machine/machine.table.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { grpcCall } from '../support/grpc-call.js';
import { DEV_KEYS } from '../support/hmac.js';
import { plantMachine, tableOf } from '../support/machines.js';
import { machineId } from '../support/seed.js';

/** Characters that break terminals, logs and databases. */
const NOISE = '\u001b[2J\u001b]0;x\u0007\0\u0085\u202e\u200b\ufffd';
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u;

let server: TestApp;
let address: string;
let lab: Lab;

beforeAll(async () => {
  server = await startTestApp();
  address = `127.0.0.1:${await server.app.get(GrpcServer).start()}`;
  lab = await installLab(new RestClient({ url: `${server.url}/`, key: DEV_KEYS.admin, role: 'admin' }));
  for (const id of ['leaf01', 'leaf02']) await registerSwitch(id).expect(201);
});
afterAll(() => server.close());

const registerSwitch = (id: string, more: object = {}) =>
  server
    .as('editor')
    .post('/v1/switch/register')
    .send({
      ...{ id, name: `${id}${NOISE}`, partition_id: lab.partition, rack_id: 'rack-1' },
      nics: [{ name: `Ethernet0${NOISE}`, mac: 'AA-00-00-00-00-01', identifier: `Ethernet0${NOISE}` }],
      os: { vendor: 'SONiC', version: `4${NOISE}`, metal_core_version: `v1${NOISE}` },
      ...more,
    });

const send = async (events: object) =>
  (await grpcCall(address, 'api.v1.EventService/Send', { events })) as { events: number; failed: string[] };

/** Every text in a response, with its path. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    [`a key of ${path}`, key] as [string, string],
    ...textsOf(member, `${path}.${key}`),
  ]);
}

const unprintable = (value: unknown) => textsOf(value).filter(([, text]) => UNPRINTABLE.test(text));

const nic = (n: number, leaf: string) => ({
  ...{ mac: `AA:00:00:00:00:0${n}`, name: `eth${n}${NOISE}`, identifier: `AA:00:00:00:00:0${n}` },
  neighbors: [{ mac: 'Ethernet0', name: `port${NOISE}`, hostname: `${leaf}${NOISE}`, identifier: `Ethernet0${NOISE}` }],
});

const registration = (uuid: string) => ({
  uuid,
  partition_id: lab.partition,
  metal_hammer_version: `v1${NOISE}`,
  hardware: {
    memory: LAB_HARDWARE.memory,
    cpus: [{ vendor: `v${NOISE}`, model: `m${NOISE}`, cores: LAB_HARDWARE.cores, threads: 16 }],
    gpus: [{ vendor: `v${NOISE}`, model: `m${NOISE}` }],
    disks: [{ name: `${LAB_HARDWARE.disk.name}${NOISE}`, size: LAB_HARDWARE.disk.size }],
    nics: [nic(1, 'leaf01'), nic(2, 'leaf02')],
  },
  bios: { version: `1${NOISE}`, vendor: `acme${NOISE}`, date: `2026${NOISE}` },
  ipmi: {
    ...{ address: '10.1.1.1:623', mac: 'BB-00-00-00-00-01', user: `metal${NOISE}`, password: 'se\u001bcret' },
    ...{ interface: `lanplus${NOISE}`, bmc_version: `2${NOISE}`, power_state: `ON${NOISE}` },
    fru: { chassis_part_serial: `${NOISE}SN 1${NOISE}`, board_mfg: 'x'.repeat(999) },
  },
  tags: ['a\u001b[0m\u202e=b'],
});

describe('texts of devices', () => {
  it('are cleaned and truncated when a machine registers by gRPC', async () => {
    const uuid = machineId(1);
    await grpcCall(address, 'api.v1.BootService/Register', registration(uuid));
    const { body } = await server.as('editor').get(`/v1/machine/${uuid}/ipmi`).expect(200);
    const password = body.ipmi.password as string;
    expect(password).toBe('se\u001bcret');
    expect(unprintable({ ...body, ipmi: { ...body.ipmi, password: '' } })).toEqual([]);
    expect(body.ipmi.fru).toMatchObject({ chassis_part_serial: 'SN 1', board_mfg: 'x'.repeat(256) });
    expect(body.ipmi).toMatchObject({ mac: 'bb:00:00:00:00:01', user: 'metal', powerstate: 'ON' });
    expect(body.hardware.disks[0].name).toBe(LAB_HARDWARE.disk.name);
    expect(body.hardware.nics[0]).toMatchObject({ mac: 'aa:00:00:00:00:01', name: 'eth1' });
    expect(body.tags).toEqual(['a=b']);
  });

  it('are cleaned when a machine registers over REST', async () => {
    const uuid = machineId(2);
    const nics = ['leaf03', 'leaf04'].map((leaf, n) => ({
      ...{ mac: `AA00.0000.000${n}`, name: `eth${NOISE}` },
      neighbors: [{ mac: `CC:00:00:00:00:0${n}`, name: leaf }],
    }));
    for (const [n, id] of ['leaf03', 'leaf04'].entries()) {
      await registerSwitch(id, { rack_id: 'rack-2', nics: [{ name: 'swp1', mac: `CC-00-00-00-00-0${n}` }], os: null });
    }
    const body = {
      ...{ uuid, partitionid: lab.partition, rackid: '', tags: null },
      hardware: { memory: 1, cpu_cores: 1, disks: [{ name: `/dev/sda${NOISE}`, size: 1 }], nics },
      bios: { version: `1${NOISE}`, vendor: `v${NOISE}`, date: `d${NOISE}` },
      ipmi: { address: '10.1.1.2:623', mac: 'bb', user: `u${NOISE}`, password: 'p', fru: { board_mfg: `b${NOISE}` } },
    };
    await server.as('editor').post('/v1/machine/register').send(body).expect(201);
    const read = await server.as('editor').get(`/v1/machine/${uuid}/ipmi`).expect(200);
    expect(unprintable(read.body)).toEqual([]);
    expect(read.body.bios).toEqual({ version: '1', vendor: 'v', date: 'd' });
  });

  it('are cleaned in events, by gRPC and over REST', async () => {
    const uuid = machineId(3);
    expect(await send({ [uuid]: { event: 'Crashed', message: `panic\r\n\tat 0x0${NOISE}` } })).toMatchObject({
      events: 1,
    });
    await server
      .as('editor')
      .post(`/v1/machine/${uuid}/event`)
      .send({ event: 'Planned Reboot', message: `again${NOISE}` })
      .expect(200);
    const { body } = await server.as('viewer').get(`/v1/machine/${uuid}`).expect(200);
    expect(body.events.log.map(({ message }: { message: string }) => message)).toEqual(['again', 'panic at 0x0']);
  });

  it('are cleaned in registrations and reports of a switch', async () => {
    const port_states = { Ethernet0: 'UP', [`Eth${NOISE}`]: 'UP', Ethernet4: 5 };
    const bgp = { Neighbor: `n${NOISE}`, PeerGroup: `g${NOISE}`, VrfName: 'v', BgpState: `Established${NOISE}` };
    const notification = { sync_duration: 1, error: `failed${NOISE}`, port_states };
    await server
      .as('editor')
      .post('/v1/switch/leaf01/notify')
      .send({ ...notification, bgp_port_states: { Ethernet0: bgp, Ethernet8: 'x', ['__proto__']: {} } })
      .expect(200);
    const { body } = await server.as('viewer').get('/v1/switch/leaf01').expect(200);
    expect(unprintable(body)).toEqual([]);
    expect(body).toMatchObject({ name: 'leaf01', os: { version: '4' }, last_sync_error: { error: 'failed' } });
    expect(body.nics).toMatchObject([
      { name: 'Ethernet0', mac: 'aa:00:00:00:00:01', actual: 'UP', bgp_port_state: { BgpState: 'Established' } },
    ]);
  });

  it('are cleaned in the report of a finished installation', async () => {
    const uuid = machineId(1);
    const network = await server
      .as('editor')
      .post('/v1/network/allocate')
      .send({ partitionid: lab.partition, projectid: lab.projects.a })
      .expect(201);
    await tableOf(server, machineTable).update(uuid, (machine) => ({ ...machine, sizeId: lab.size }));
    const request = {
      ...{ uuid, projectid: lab.projects.a, imageid: lab.machineImage, networks: [{ networkid: network.body.id }] },
    };
    await server.as('editor').post('/v1/machine/allocate').send(request).expect(200);
    const boot_info = { primary_disk: `/dev/sda${NOISE}`, kernel: `/k${NOISE}`, cmdline: `a=b\n${'x'.repeat(5000)}` };
    const report = { uuid: uuid.toUpperCase(), console_password: 'pass', boot_info, success: true };
    await grpcCall(address, 'api.v1.BootService/Report', report);
    const { body } = await server.as('viewer').get(`/v1/machine/${uuid}`).expect(200);
    expect(unprintable(body.allocation.boot_info)).toEqual([]);
    expect(body.allocation.boot_info.cmdline).toHaveLength(4096);
  });
});

describe('batches of devices', () => {
  it('of events: an invalid element fails, the others are processed', async () => {
    const ok = [machineId(10), machineId(11)];
    const bad = ['', '.', 'a/b', `m${NOISE}`, 'constructor', 'x'.repeat(200), 'bell\u0007'];
    const event = { event: 'Alive', message: '' };
    const answer = await send({
      ...Object.fromEntries([...ok, ...bad].map((id) => [id, event])),
      unknown: { event: 'Levitating', message: '' },
      loud: { event: 'Alive', message: '\0\0' },
    });
    expect(answer.events).toBe(3);
    expect([...answer.failed].sort()).toEqual([...bad, 'unknown'].sort());
    for (const id of ok) expect(tableOf(server, machineTable).get(id)).toBeDefined();
  });

  it('of BMC reports: an invalid element is skipped, the others are processed', async () => {
    await plantMachine(server, 'elsewhere', { machine: { partitionId: 'other' } });
    const reports = {
      'good-1': { BMCIp: '10.0.0.1', FRU: { board_mfg: `acme${NOISE}` } },
      'good-2': { PowerState: `ON${NOISE}` },
      ...{ number: 5, list: [], text: 'x', [`m${NOISE}`]: {}, constructor: {}, elsewhere: { BMCIp: '10.0.0.2' } },
      'wrong-type': { BMCIp: 5 },
      'deep-wrong': { PowerSupplies: [{ status: 'x' }] },
      'no-address': { BMCIp: 'no address at all' },
    };
    const json = JSON.stringify({ partitionid: lab.partition, reports }).replace('"text"', '"__proto__":{},"text"');
    const { body } = await server
      .as('editor')
      .post('/v1/machine/ipmi')
      .set('content-type', 'application/json')
      .send(json)
      .expect(200);
    expect(body).toEqual({ created: ['good-1', 'good-2'], updated: [] });
    const bmcs = tableOf(server, bmcTable);
    expect(bmcs.get('good-1')?.fru.boardMfg).toBe('acme');
    expect(bmcs.get('good-2')?.powerState).toBe('ON');
    expect(bmcs.get('elsewhere')?.address ?? '').not.toContain('10.0.0.2');
  });

  it('of BMC reports: an empty text means unread and keeps the stored value', async () => {
    const report = (reports: object) =>
      server.as('editor').post('/v1/machine/ipmi').send({ partitionid: lab.partition, reports }).expect(200);
    const FRU = { board_mfg: 'acme', board_part_number: 'B1', product_serial: 'S1', chassis_part_serial: 'C1' };
    await report({ m: { BMCIp: '10.0.0.7', BMCVersion: '1', BIOSVersion: '2', PowerState: 'ON', FRU } });
    const empty = { board_mfg: '', board_part_number: '\0', product_serial: 'S2', chassis_part_serial: '\u001b[0m' };
    await report({
      m: { BMCIp: '', BMCVersion: '', BIOSVersion: '', PowerState: '', IndicatorLEDState: '', FRU: empty },
    });
    const { body } = await server.as('editor').get('/v1/machine/m/ipmi').expect(200);
    expect(body.ipmi).toMatchObject({ address: '10.0.0.7:623', bmcversion: '1', powerstate: 'ON' });
    expect(body.ipmi.fru).toMatchObject({ ...FRU, product_serial: 'S2' });
    expect(body.bios.version).toBe('2');
  });
});

describe('IDs with invisible characters', () => {
  const ids = [
    'a\u0007',
    'a\nb',
    '\u001b[31m',
    'fra\u202e',
    'zero\u200bwidth',
    '__proto__',
    'constructor',
    'prototype',
  ];
  const routes: [string, 'put' | 'post', (id: string) => object][] = [
    ['/v1/partition', 'put', (id) => ({ id })],
    ['/v1/size', 'put', (id) => ({ id, constraints: [] })],
    ['/v1/image', 'put', (id) => ({ id: `${id}-1.0`, url: 'http://x/y', features: ['machine'] })],
    ['/v1/network', 'put', (id) => ({ id, prefixes: ['10.99.0.0/16'], privatesuper: false })],
    ['/v1/filesystemlayout', 'put', (id) => ({ id, constraints: { sizes: ['*'], images: { '*': '' } } })],
    ['/v1/size-image-constraint', 'put', (id) => ({ id, constraints: { images: { debian: '>= 1' } } })],
    ['/v1/switch/register', 'post', (id) => ({ id, partition_id: lab.partition, rack_id: 'r', nics: [] })],
    ['/v1/switch/register', 'post', (id) => ({ id: 'leaf09', partition_id: lab.partition, rack_id: id, nics: [] })],
    ['/v1/partition', 'put', (id) => ({ id: 'p', labels: { [id]: 'x' } })],
    ['/v1/size-image-constraint', 'put', (id) => ({ id: 's', constraints: { images: { [id]: '>= 1' } } })],
    ['/v1/ip/allocate', 'post', (id) => ({ networkid: 'internet', projectid: lab.projects.a, tags: [`${id}=x`] })],
  ];

  it.each(routes)('%s refuses them', async (path, method, bodyOf) => {
    // `constructor-1.0` is an ordinary image ID.
    for (const id of path === '/v1/image' ? ids.filter((one) => /[^a-z_]/.test(one)) : ids) {
      // Only JSON can express on the wire that `__proto__` is a member.
      const body = JSON.stringify(bodyOf(id));
      const answer = await server.as('admin')[method](path).set('content-type', 'application/json').send(body);
      expect([id, answer.status, String(answer.body)]).toEqual([id, 400, expect.stringMatching(/must not/)]);
    }
  });
});
