import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab, LAB_HARDWARE } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { grpcCall } from '../support/grpc-call.js';
import { DEV_KEYS } from '../support/hmac.js';
import { plantMachine, tableOf } from '../support/machines.js';

const UUID = '4c4c4544-0042-4b10-8057-b2c04f503233';
/** As written by firmware, Redfish, .NET, and Python. */
const SPELLINGS = [
  UUID.toUpperCase(),
  UUID.replaceAll('-', '').toUpperCase(),
  `{${UUID.toUpperCase()}}`,
  `urn:uuid:${UUID}`,
  `4C4C4544${UUID.slice(8)}`,
];

let server: TestApp;
let address: string;
let lab: Lab;

beforeAll(async () => {
  server = await startTestApp();
  address = `127.0.0.1:${await server.app.get(GrpcServer).start()}`;
  lab = await installLab(new RestClient({ url: `${server.url}/`, key: DEV_KEYS.admin, role: 'admin' }));
});
afterAll(() => server.close());

const boot = (method: string, request: object) => grpcCall(address, `api.v1.BootService/${method}`, request);
const machines = () => [...tableOf(server, machineTable).list()].map(({ id }) => id).sort();
const get = (path: string) => server.as('admin').get(path);
const post = (path: string, body: object = {}) => server.as('admin').post(path).send(body);

describe('spellings of one machine', { shuffle: false }, () => {
  describe('one machine in several spellings', () => {
    it('is one machine, whichever interface it is reported by', async () => {
      for (const [n, id] of ['leaf01', 'leaf02'].entries()) {
        const nics = [{ name: 'swp1', mac: `CC-DD-EE-00-00-0${n}` }];
        const leaf = { id, name: id, partition_id: lab.partition, rack_id: 'rack-1', nics };
        await post('/v1/switch/register', leaf).expect(201);
      }
      const [upper = '', plain = '', braces = '', urn = '', mixed = ''] = SPELLINGS;
      await boot('Dhcp', { uuid: upper });
      await grpcCall(address, 'api.v1.EventService/Send', { events: { [plain]: { event: 'Preparing', message: '' } } });
      await post('/v1/machine/ipmi', { partitionid: lab.partition, reports: { [braces]: { BMCIp: '10.0.0.1' } } });
      const nic = (n: number) => ({
        ...{ mac: `AABB.CCDD.EE0${n}`, name: `eth${n}` },
        neighbors: [{ mac: `cc:dd:ee:00:00:0${n}`, identifier: `CC:DD:EE:00:00:0${n}`, hostname: `leaf0${n + 1}` }],
      });
      const registered = await boot('Register', {
        ...{ uuid: mixed, partition_id: lab.partition, bios: {}, ipmi: { mac: 'DD:EE:FF:00:00:01' } },
        hardware: { memory: LAB_HARDWARE.memory, cpus: [], disks: [], nics: [nic(0), nic(1)] },
      });
      expect(registered).toMatchObject({ uuid: UUID });
      await post(`/v1/machine/${urn}/event`, { event: 'Waiting' }).expect(200);
      expect(machines()).toEqual([UUID]);
      const connections = [...tableOf(server, switchTable).list()].flatMap((leaf) => leaf.connections);
      expect(connections).toEqual([
        { machineId: UUID, port: 'cc:dd:ee:00:00:00' },
        { machineId: UUID, port: 'cc:dd:ee:00:00:01' },
      ]);
    });

    it.each(SPELLINGS)('is found as %s', async (id) => {
      expect((await get(`/v1/machine/${id}`).expect(200)).body.id).toBe(UUID);
      expect((await get(`/v1/machine/${id}/ipmi`).expect(200)).body.id).toBe(UUID);
      expect((await get(`/v1/machine/${id}/event`).expect(200)).body.log).not.toEqual([]);
      expect((await post('/v1/machine/find', { id }).expect(200)).body).toHaveLength(1);
      expect((await post('/v1/machine/ipmi/find', { id }).expect(200)).body).toHaveLength(1);
      expect((await post(`/v1/machine/${id}/power/on`).expect(200)).body.id).toBe(UUID);
      expect((await get(`/commands?machine=${id}`).expect(200)).body.length).toBeGreaterThan(0);
      expect((await post('/v1/size/suggest', { machineID: id }).expect(200)).body.length).toBeGreaterThan(0);
      expect((await post(`/v1/machine/${id}/state`, { value: 'LOCKED', description: 'x' }).expect(200)).body.id).toBe(
        UUID,
      );
      await post(`/v1/machine/${id}/state`, { value: '' }).expect(200);
      expect(machines()).toEqual([UUID]);
    });

    it.each([
      ['nics_mac_addresses', ['AA:BB:CC:DD:EE:00', 'aa-bb-cc-dd-ee-00', 'aabb.ccdd.ee00', 'AABBCCDDEE00']],
      ['nics_neighbor_mac_addresses', ['CC:DD:EE:00:00:01', 'cc-dd-ee-00-00-01', 'CCDD.EE00.0001']],
    ])('is found by %s', async (field, spellings) => {
      for (const mac of spellings) expect((await post('/v1/machine/find', { [field]: [mac] })).body).toHaveLength(1);
    });

    it('is found by the MAC address of its BMC', async () => {
      const { body } = await post('/v1/machine/find', { ipmi_mac_address: 'ddee.ff00.0001' }).expect(200);
      expect(body).toHaveLength(1);
    });

    it('keeps the address tagged with it', async () => {
      const spec = { networkid: 'internet', projectid: lab.projects.a, machineid: SPELLINGS[0] };
      const { body } = await post('/v1/ip/allocate', spec).expect(201);
      expect(body.tags).toContain(`machine.metal-stack.io/id=${UUID}`);
      for (const machineid of SPELLINGS) expect((await post('/v1/ip/find', { machineid })).body).toHaveLength(1);
      for (const allocationuuid of [body.allocationuuid.toUpperCase(), `{${body.allocationuuid}}`])
        expect((await post('/v1/ip/find', { allocationuuid })).body).toHaveLength(1);
    });
  });

  describe('a machine that was stored in another spelling', () => {
    const stored = 'ABCDEF00-0000-4000-8000-00000000000A';

    it('keeps its ID, and is found by every spelling', async () => {
      await plantMachine(server, stored, { machine: { partitionId: lab.partition } });
      const reports = { [stored.toLowerCase()]: { BMCIp: '10.0.0.9' } };
      const { body } = await post('/v1/machine/ipmi', { partitionid: lab.partition, reports }).expect(200);
      expect(body).toEqual({ updated: [stored], created: [] });
      await boot('Dhcp', { uuid: stored.toLowerCase() });
      for (const id of [stored, stored.toLowerCase(), stored.replaceAll('-', '')]) {
        expect((await get(`/v1/machine/${id}`).expect(200)).body.id).toBe(stored);
        expect((await post('/v1/machine/find', { id })).body).toHaveLength(1);
        expect((await post(`/v1/machine/${id}/power/off`).expect(200)).body.id).toBe(stored);
      }
      expect((await get(`/commands?machine=${stored.toLowerCase()}`)).body).toHaveLength(3);
      expect(machines().filter((id) => id.toLowerCase() === stored.toLowerCase())).toEqual([stored]);
    });

    it('is allocated by UUID in another spelling', async () => {
      await tableOf(server, machineTable).update(stored, (machine) => ({
        ...machine,
        sizeId: lab.size,
        hardware: { ...machine.hardware, disks: [LAB_HARDWARE.disk] },
      }));
      const network = await post('/v1/network/allocate', { partitionid: lab.partition, projectid: lab.projects.a });
      const request = {
        ...{ uuid: stored.toLowerCase(), projectid: lab.projects.a, imageid: lab.machineImage },
        networks: [{ networkid: network.body.id }],
      };
      const { body } = await post('/v1/machine/allocate', request).expect(200);
      expect(body.id).toBe(stored);
      const again = await post('/v1/machine/allocate', { ...request, uuid: stored }).expect(422);
      expect(again.body).toContain('already allocated');
      expect(
        (await server.as('editor').delete(`/v1/machine/${stored.toLowerCase()}/free`).expect(200)).body.allocation,
      ).toBeNull();
    });

    it('stays connected if its switch ports have another spelling, too', async () => {
      const leaves = tableOf(server, switchTable);
      await leaves.update('leaf01', (leaf) => ({
        ...leaf,
        nics: leaf.nics.map((nic) => ({ ...nic, mac: nic.mac.toUpperCase() })),
        connections: leaf.connections.map((one) => ({ ...one, port: one.port.toUpperCase() })),
      }));
      const nics = [{ name: 'swp1', mac: 'CC:DD:EE:00:00:00' }];
      const registration = { id: 'leaf01', name: 'leaf01', partition_id: lab.partition, rack_id: 'rack-1', nics };
      await post('/v1/switch/register', registration).expect(200);
      expect(leaves.get('leaf01')?.connections).toEqual([{ machineId: UUID, port: 'cc:dd:ee:00:00:00' }]);
    });
  });
});
