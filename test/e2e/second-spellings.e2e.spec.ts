import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab, LAB_HARDWARE } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { bmcTable, machineTable } from '../../src/modules/machine/machine.table.js';
import { partitionTable } from '../../src/modules/partition/partition.table.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { grpcCall } from '../support/grpc-call.js';
import { DEV_KEYS } from '../support/hmac.js';
import { plantMachine, tableOf } from '../support/machines.js';

let server: TestApp;
let address: string;
let lab: Lab;

beforeAll(async () => {
  server = await startTestApp({ METAL_API_BMC_LOCAL_ADDRESSES: 'false' });
  address = `127.0.0.1:${await server.app.get(GrpcServer).start()}`;
  lab = await installLab(new RestClient({ url: `${server.url}/`, key: DEV_KEYS.admin, role: 'admin' }));
});
afterAll(() => server.close());

const put = (path: string, body: object) => server.as('admin').put(path).send(body);
const post = (path: string, body: object) => server.as('admin').post(path).send(body);

describe('an ID that looks like another one', () => {
  const IDS = [' x', 'x ', 'x\u00a0', '\u2003x', 'x\u3000', 'cafe\u0301'];

  it.each([
    ['/v1/partition', (id: string) => ({ id })],
    ['/v1/size', (id: string) => ({ id, constraints: [] })],
    [
      '/v1/image',
      (id: string) => ({ id: id.trimEnd() === id ? `${id}-1.0` : `x-1.0${id.slice(1)}`, url: 'http://x/y' }),
    ],
    ['/v1/network', (id: string) => ({ id, prefixes: ['10.99.0.0/16'], privatesuper: false })],
    ['/v1/filesystemlayout', (id: string) => ({ id, constraints: { sizes: ['*'], images: { '*': '' } } })],
    ['/v1/size-image-constraint', (id: string) => ({ id, constraints: { images: { debian: '>= 1' } } })],
    ['/v1/project', (id: string) => ({ meta: { id, kind: 'Project' }, name: 'p', tenant_id: 'metal-stack' })],
    ['/v1/tenant', (id: string) => ({ meta: { id, kind: 'Tenant' }, name: 't' })],
  ])('cannot be created by PUT %s', async (path, bodyOf) => {
    for (const id of IDS) {
      const answer = await put(path, bodyOf(id));
      expect([id, answer.status, String(answer.body)]).toEqual([
        id,
        400,
        expect.stringMatching(/must (not begin|be in)/),
      ]);
    }
  });

  it.each([
    ['a switch', (id: string) => ({ id, partition_id: lab.partition, rack_id: 'r', nics: [] })],
    ['a rack', (id: string) => ({ id: 'leaf09', partition_id: lab.partition, rack_id: id, nics: [] })],
  ])('cannot be registered as %s', async (_, bodyOf) => {
    for (const id of IDS) await post('/v1/switch/register', bodyOf(id)).expect(400);
  });

  it('cannot be a machine, whichever interface reports it', async () => {
    for (const id of IDS) {
      const registration = { uuid: id, partition_id: lab.partition, hardware: {}, bios: {}, ipmi: {} };
      await expect(grpcCall(address, 'api.v1.BootService/Register', registration)).rejects.toThrow(/must/);
      const events = { [id]: { event: 'Alive', message: '' } };
      expect(await grpcCall(address, 'api.v1.EventService/Send', { events })).toMatchObject({ failed: [id] });
      const reports = { [id]: { BMCIp: '10.0.0.1' } };
      const { body } = await post('/v1/machine/ipmi', { partitionid: lab.partition, reports }).expect(200);
      expect(body).toEqual({ created: [], updated: [] });
      await post(`/v1/machine/${encodeURIComponent(id)}/event`, { event: 'Alive' }).expect(400);
      expect(tableOf(server, machineTable).get(id)).toBeUndefined();
    }
  });

  it('can be read, reported and deleted if it was stored before', async () => {
    const now = new Date().toISOString();
    const dated = { name: '', description: '', created: now, changed: now };
    const partition = tableOf(server, partitionTable).get(lab.partition)!;
    await tableOf(server, partitionTable).insert({ ...partition, ...dated, id: 'old ' });
    const leaf = { id: 'leaf ', partition_id: 'old ', rack_id: 'rack ', nics: [] };
    await tableOf(server, switchTable).insert({
      ...{ ...dated, id: 'leaf ', partitionId: 'old ', rackId: 'rack ', mode: undefined, nics: [], connections: [] },
      ...{ managementIp: '', managementUser: '', consoleCommand: '', os: undefined },
    });
    await plantMachine(server, 'm ', { machine: { partitionId: 'old ' } });

    await server.as('admin').get('/v1/partition/old%20').expect(200);
    await post('/v1/switch/register', leaf).expect(200);
    await post('/v1/machine/m%20/event', { event: 'Alive' }).expect(200);
    const { body } = await post('/v1/machine/ipmi', { partitionid: 'old ', reports: { 'm ': { BMCIp: '10.0.0.3' } } });
    expect(body).toEqual({ created: [], updated: ['m '] });
    const events = tableOf(server, eventTable);
    await events.update('m ', (container) => ({ ...container, liveliness: 'Dead' }));
    await server.as('admin').delete('/v1/machine/m%20').expect(200);
    await server.as('admin').delete('/v1/switch/leaf%20').expect(200);
    await server.as('admin').delete('/v1/partition/old%20').expect(200);
  });
});

describe('an address in a second spelling', () => {
  const SPELLINGS = [
    'fe80::1%25eth0',
    'fe80::1%25br0',
    '2001:db8::1%eth0',
    '10.0.0.1 ',
    '010.0.0.1',
    '10.1',
    '0xa000001',
  ];

  it.each(SPELLINGS)('%j is no DNS server of a partition or a machine', async (ip) => {
    const refusal = await put('/v1/partition', { id: 'dns', dns_servers: [{ ip }] }).expect(400);
    expect(errorOf(refusal).message).toContain('expected an IP address');
    const machine = { projectid: lab.projects.a, partitionid: lab.partition, sizeid: 'x', imageid: 'x', networks: [] };
    await post('/v1/machine/allocate', { ...machine, dns_servers: [{ ip }] }).expect(400);
  });

  it.each(SPELLINGS)('%j is no address or prefix', async (ip) => {
    const request = { networkid: 'internet', projectid: lab.projects.a };
    await post(`/v1/ip/allocate/${encodeURIComponent(ip)}`, request).expect(422);
    await put('/v1/network', { id: 'n', prefixes: [`${ip}/24`], privatesuper: false }).expect(400);
  });

  it.each(SPELLINGS)('%j is no address of a BMC', async (BMCIp) => {
    const reports = { 'bmc-in-two-spellings': { BMCIp } };
    const { body } = await post('/v1/machine/ipmi', { partitionid: lab.partition, reports }).expect(200);
    expect(body).toEqual({ created: [], updated: [] });
  });

  it('may have a zone where a machine can use it', async () => {
    const dns_servers = [{ ip: 'fe80::1%eth0' }];
    await put('/v1/partition', { id: 'zone', bootconfig: {}, dns_servers }).expect(201);
    const { body } = await server.as('admin').get('/v1/partition/zone').expect(200);
    expect(body.dns_servers).toEqual(dns_servers);
  });
});

describe('the address that a machine registers for its BMC', () => {
  const UUID = '4c4c4544-0042-4b10-8057-b2c04f503299';
  const portMac = (leaf: number): string => `cc:dd:ee:00:00:0${leaf}`;
  const nics = [1, 2].map((leaf) => ({
    ...{ mac: `aa:bb:cc:00:00:0${leaf}`, name: `eth${leaf}` },
    neighbors: [{ mac: portMac(leaf), identifier: portMac(leaf), hostname: `leaf0${leaf}` }],
  }));
  const register = (bmc: string) =>
    grpcCall(address, 'api.v1.BootService/Register', {
      ...{ uuid: UUID, partition_id: lab.partition, bios: {}, ipmi: { address: bmc, mac: 'dd:ee:ff:00:00:02' } },
      hardware: { memory: LAB_HARDWARE.memory, cpus: [], disks: [], nics },
    });
  const stored = () => tableOf(server, bmcTable).get(UUID)?.address;

  beforeAll(async () => {
    for (const leaf of [1, 2]) {
      const ports = [{ name: 'swp1', identifier: portMac(leaf), mac: portMac(leaf) }];
      const id = `leaf0${leaf}`;
      await post('/v1/switch/register', { id, partition_id: lab.partition, rack_id: 'r1', nics: ports }).expect(201);
    }
  });

  it.each([
    '127.0.0.1:623',
    '127.8.0.1:80',
    '169.254.169.254:80',
    '[::ffff:169.254.169.254]:80',
    '[::1]:2112',
    'fe80::1%25eth0',
    '[fe80::1%eth0]:623',
    'localhost:8080',
    'bmc.localhost',
    '0x7f.0.0.1',
  ])('is ignored if it is %s', async (bmc) => {
    await register('10.0.0.9:623');
    await register(bmc);
    expect(stored()).toBe('10.0.0.9:623');
  });

  it('is stored if it is another one', async () => {
    await register('10.0.0.9:623');
    await register('bmc-1.example:6230');
    expect(stored()).toBe('bmc-1.example:6230');
  });
});
