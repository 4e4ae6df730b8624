import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab, LAB_HARDWARE } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { CommandService } from '../../src/modules/command/command.service.js';
import { WaitService } from '../../src/modules/machine/boot/wait.service.js';
import { bmcTable, machineTable } from '../../src/modules/machine/machine.table.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { DEV_KEYS } from '../support/hmac.js';
import { tableOf } from '../support/machines.js';

// Plain @grpc/grpc-js against the contracts with the field names of the wire, as used by pixie, metal-core and
// metal-hammer, and without the server's own client code.
const PROTOS = ['api/v1/boot.proto', 'api/v1/event.proto', 'v1/wait.proto', 'v1/super-user-password.proto'];
const contracts = loadSync(PROTOS, { includeDirs: ['proto'], keepCase: true, longs: Number, defaults: true });

type Answer = Record<string, unknown>;
type Stub = grpc.Client &
  Record<string, (request: object, options: object, done: grpc.requestCallback<Answer>) => void>;

let server: TestApp;
let address: string;
let editor: RestClient;
let lab: Lab;
let network: string;
const stubs: grpc.Client[] = [];

function stubOf(service: string): Stub {
  const Service = grpc.makeClientConstructor(contracts[service] as grpc.ServiceDefinition, service);
  const stub = new Service(address, grpc.credentials.createInsecure()) as unknown as Stub;
  stubs.push(stub);
  return stub;
}

function call(service: string, method: string, request: object): Promise<Answer> {
  const stub = stubOf(service);
  return new Promise((resolve, reject) =>
    stub[method]!(request, { deadline: Date.now() + 10_000 }, (error, answer) =>
      error ? reject(error) : resolve(answer!),
    ),
  );
}

const boot = (method: string, request: object) => call('api.v1.BootService', method, request);
const send = (events: object) => call('api.v1.EventService', 'Send', { events });

/** A Wait call; resolves to the status that ended the stream. */
function wait(machine: object, service = 'api.v1.BootService') {
  const stream = (stubOf(service) as unknown as Record<string, (request: object) => grpc.ClientReadableStream<object>>)[
    'Wait'
  ]!(machine);
  const ended = new Promise<grpc.status>((resolve) => {
    stream.on('data', () => {});
    stream.on('error', () => {});
    stream.on('status', ({ code }: grpc.StatusObject) => resolve(code));
  });
  return { stream, ended };
}

const nic = (n: number, hostname: string, port: string) => ({
  mac: `aa:00:00:00:00:0${n}`,
  name: `eth${n}`,
  identifier: `aa:00:00:00:00:0${n}`,
  neighbors: [{ mac: port, name: port, hostname, identifier: port }],
});

const registration = (uuid: string, port = 'Ethernet0', more: object = {}) => ({
  uuid,
  partition_id: lab.partition,
  metal_hammer_version: 'v0.13.0',
  hardware: {
    memory: LAB_HARDWARE.memory,
    cpus: [{ vendor: 'v', model: 'm', cores: LAB_HARDWARE.cores, threads: 16 }],
    disks: [LAB_HARDWARE.disk],
    nics: [nic(1, 'leaf01', port), nic(2, 'leaf02', port)],
  },
  bios: { version: '1', vendor: 'acme', date: '2026' },
  ipmi: {
    address: '10.1.1.1:623',
    mac: 'bb',
    user: 'metal',
    password: 'secret',
    interface: 'lanplus',
    bmc_version: '2',
    power_state: 'ON',
    fru: { chassis_part_serial: 'chassis-1' },
  },
  ...more,
});

const machine = (id: string) => tableOf(server, machineTable).get(id);
const vrfs = () => [...tableOf(server, switchTable).list()].flatMap(({ nics }) => nics.map(({ vrf }) => vrf));

beforeAll(async () => {
  const passwordFile = join(await mkdtemp(join(tmpdir(), 'metal-boot-')), 'password');
  writeFileSync(passwordFile, 'super-secret\n');
  server = await startTestApp({
    METAL_API_BMC_SUPERUSER_PWD_FILE: passwordFile,
    METAL_API_GRPC_SUPERUSER_PASSWORD: 'true',
  });
  address = `127.0.0.1:${await server.app.get(GrpcServer).start()}`;
  const url = `${server.url}/`;
  editor = new RestClient({ url, role: 'editor', key: DEV_KEYS.editor });
  lab = await installLab(new RestClient({ url, role: 'admin', key: DEV_KEYS.admin }));
  for (const id of ['leaf01', 'leaf02']) {
    const nics = ['Ethernet0', 'Ethernet1'].map((name) => ({ name, mac: null, identifier: name }));
    const os = { vendor: 'SONiC', version: '4', metal_core_version: 'v0.15' };
    await editor.post('v1/switch/register', { id, name: id, partition_id: lab.partition, rack_id: 'rack-1', nics, os });
  }
  const request = { partitionid: lab.partition, projectid: lab.projects.a };
  network = (await editor.post<{ id: string }>('v1/network/allocate', request)).id;
});

afterAll(async () => {
  for (const stub of stubs) stub.close();
  await server.close();
});

describe('the boot service', { shuffle: false }, () => {
  describe('pixie', () => {
    it('reports the first event of a machine', async () => {
      await boot('Dhcp', { uuid: 'dhcp-machine' });
      const answer = await editor.get('v1/machine/dhcp-machine');
      expect(answer).toMatchObject({
        liveliness: 'Alive',
        events: { log: [{ event: 'PXE Booting', message: 'machine sent extended dhcp request' }] },
      });
      await expect(boot('Dhcp', { uuid: '' })).rejects.toMatchObject({ code: grpc.status.INVALID_ARGUMENT });
    });

    it('gets the boot configuration', async () => {
      expect(await boot('Boot', { mac: 'aa', partition_id: lab.partition })).toMatchObject({
        kernel: 'http://127.0.0.1/kernel',
        init_ram_disks: ['http://127.0.0.1/initrd.img'],
        cmdline: 'console=ttyS0',
      });
      await expect(boot('Boot', { partition_id: 'nowhere' })).rejects.toMatchObject({
        code: grpc.status.NOT_FOUND,
        details: 'no partition with id "nowhere" found',
      });
    });
  });

  describe('metal-core', () => {
    it('sends events of many machines, and is informed which could not be stored', async () => {
      const answer = await send({
        'new-machine': { event: 'Phoned Home', message: 'a', time: { seconds: 1 } },
        'dhcp-machine': { event: 'Preparing' },
        wrong: { event: 'phoned home' },
        '': { event: 'Alive' },
        ['x'.repeat(200)]: { event: 'Alive' },
      });
      expect(answer).toEqual({ events: 2, failed: ['wrong', '', 'x'.repeat(200)] });
      const stored = await editor.get<{ events: { log: { time: string }[] } }>('v1/machine/new-machine');
      expect(Date.parse(stored.events.log[0]!.time)).toBeGreaterThan(Date.parse('2026-01-01'));
      expect(machine('wrong')).toBeUndefined();
      expect(await send({})).toEqual({ events: 0, failed: [] });
    });
  });

  describe('registration', () => {
    it('stores hardware, size, rack and BMC', async () => {
      const answer = await boot('Register', registration('m1'));
      expect(answer).toEqual({ uuid: 'm1', size: lab.size, partition_id: lab.partition });
      expect(await editor.get('v1/machine/m1/ipmi')).toMatchObject({
        rackid: 'rack-1',
        partition: { id: lab.partition },
        size: { id: lab.size },
        hardware: { cpu_cores: LAB_HARDWARE.cores, nics: [{ neighbors: [{ identifier: 'Ethernet0' }] }, {}] },
        ledstate: { value: 'LED-OFF', description: 'Machine registered' },
        state: { metal_hammer_version: 'v0.13.0' },
        ipmi: { address: '10.1.1.1:623', password: 'secret', fru: { chassis_part_serial: 'chassis-1', board_mfg: '' } },
      });
      expect([...tableOf(server, switchTable).list()].map(({ connections }) => connections.length)).toEqual([1, 1]);
    });

    it('keeps BMC data that a later registration does not report', async () => {
      await tableOf(server, bmcTable).update('m1', (bmc) => ({
        ...bmc,
        powerSupplies: [{ health: 'OK', state: 'Enabled' }],
      }));
      await boot('Register', registration('m1', 'Ethernet0', { ipmi: undefined }));
      const ipmi = { address: '10.1.1.9:623', fru: { board_mfg: 'acme' } };
      await boot('Register', registration('m1', 'Ethernet0', { ipmi }));
      expect(tableOf(server, bmcTable).get('m1')).toMatchObject({
        address: '10.1.1.9:623',
        user: 'metal',
        password: 'secret',
        version: '2',
        powerSupplies: [{ health: 'OK', state: 'Enabled' }],
        fru: { chassisPartSerial: 'chassis-1', boardMfg: 'acme' },
      });
    });

    it('assigns the size unknown to hardware that matches no size', async () => {
      const odd = registration('m2', 'Ethernet1');
      const answer = await boot('Register', { ...odd, hardware: { ...odd.hardware, memory: 1 } });
      expect(answer['size']).toBe('unknown');
      expect(await editor.get('v1/machine/m2')).toMatchObject({ size: { id: 'unknown', name: 'unknown' } });
    });

    it.each([
      ['an empty uuid', () => registration(''), grpc.status.INVALID_ARGUMENT],
      ['no hardware', () => registration('m3', 'Ethernet0', { hardware: undefined }), grpc.status.INVALID_ARGUMENT],
      ['no bios', () => registration('m3', 'Ethernet0', { bios: undefined }), grpc.status.INVALID_ARGUMENT],
      ['no partition', () => registration('m3', 'Ethernet0', { partition_id: '' }), grpc.status.NOT_FOUND],
      ['a port of another machine', () => registration('m3'), grpc.status.FAILED_PRECONDITION],
      ['a port that does not exist', () => registration('m3', 'Ethernet7'), grpc.status.FAILED_PRECONDITION],
    ])('rejects %s and stores nothing', async (_case, request, code) => {
      await expect(boot('Register', request())).rejects.toMatchObject({ code });
      expect(machine('m3')).toBeUndefined();
      expect(tableOf(server, bmcTable).get('m3')).toBeUndefined();
    });

    it('rejects numbers that clients could not read', async () => {
      const odd = registration('m3');
      const hardware = { ...odd.hardware, memory: '18446744073709551615' };
      await expect(boot('Register', { ...odd, hardware })).rejects.toMatchObject({
        code: grpc.status.INVALID_ARGUMENT,
      });
    });
  });

  describe('an installation', () => {
    const allocate = (uuid: string) =>
      editor.post<{ id: string }>('v1/machine/allocate', {
        uuid,
        projectid: lab.projects.a,
        imageid: lab.machineImage,
        networks: [{ networkid: network }],
      });

    it('waits for the allocation on all connections, and reports', async () => {
      const calls = [wait({ machine_id: 'm1' }), wait({ machine_id: 'm1' }), wait({ machineID: 'm1' }, 'v1.Wait')];
      await eventually('m1 waits', () => machine('m1')?.waiting);
      await allocate('m1');
      expect(await Promise.all(calls.map(({ ended }) => ended))).toEqual([
        grpc.status.OK,
        grpc.status.OK,
        grpc.status.OK,
      ]);
      expect(machine('m1')?.waiting).toBe(false);

      const info = { initrd: '/initrd', cmdline: 'quiet', kernel: '/vmlinuz', bootloader_id: 'metal' };
      await boot('Report', { uuid: 'm1', success: true, console_password: 'console-secret', boot_info: info });
      const { allocation } = await editor.get<{ allocation: { networks: { vrf: number }[] } }>('v1/machine/m1');
      expect(allocation).toMatchObject({
        boot_info: { image_id: lab.machineImage, kernel: '/vmlinuz', bootloaderid: 'metal', primary_disk: '' },
      });
      const vrf = `vrf${allocation.networks[0]!.vrf}`;
      expect(vrfs().filter((name) => name !== undefined)).toEqual([vrf, vrf]);
      const issued = server.app.get(CommandService).list({ machine: 'm1' });
      expect(issued.map(({ command }) => command)).toEqual(['DISK']);
    });

    it('does not wait for a machine that is allocated or unknown', async () => {
      expect(await wait({ machine_id: 'm1' }).ended).toBe(grpc.status.OK);
      expect(await wait({ machine_id: 'nobody' }).ended).toBe(grpc.status.NOT_FOUND);
      expect(await wait({ machine_id: '' }).ended).toBe(grpc.status.NOT_FOUND);
    });

    it('can be aborted: the old system boots again unless it was wiped', async () => {
      const reinstalling = () =>
        tableOf(server, machineTable).update('m1', (current) => ({
          ...current,
          allocation: { ...current.allocation!, reinstall: true, imageId: 'other-1.0.0' },
        }));
      await reinstalling();
      const wiped = await boot('AbortReinstall', { uuid: 'm1', primary_disk_wiped: true });
      expect(wiped).toEqual({ boot_info: null });
      expect(machine('m1')?.allocation).toMatchObject({ reinstall: true, imageId: 'other-1.0.0' });

      const kept = await boot('AbortReinstall', { uuid: 'm1' });
      expect(kept).toMatchObject({
        boot_info: { image_id: lab.machineImage, kernel: '/vmlinuz', bootloader_id: 'metal' },
      });
      expect(machine('m1')?.allocation).toMatchObject({ reinstall: false, imageId: lab.machineImage });
      expect(await boot('AbortReinstall', { uuid: 'm2' })).toEqual({ boot_info: null });
      await expect(boot('AbortReinstall', { uuid: 'nobody' })).rejects.toMatchObject({ code: grpc.status.NOT_FOUND });
    });

    it('cannot be reported for a machine that is free or unknown, or without boot info', async () => {
      const info = { boot_info: { kernel: 'k' } };
      const refused = (request: object, code: grpc.status) =>
        expect(boot('Report', request)).rejects.toMatchObject({ code });
      await refused({ uuid: 'm2', ...info }, grpc.status.FAILED_PRECONDITION);
      await refused({ uuid: 'nobody', ...info }, grpc.status.NOT_FOUND);
      await refused({ uuid: 'm1' }, grpc.status.INVALID_ARGUMENT);
    });

    it('leaves the machine a candidate if the connection breaks', async () => {
      const { stream, ended } = wait({ machine_id: 'm2' });
      await eventually('m2 waits', () => machine('m2')?.waiting);
      stream.cancel();
      expect(await ended).toBe(grpc.status.CANCELLED);
      await eventually('the server has noticed', () => server.app.get(WaitService).waiting === 0);
      expect(machine('m2')?.waiting).toBe(true);
    });
  });

  describe('the super user password', () => {
    it('is returned to current and legacy installers', async () => {
      const today = await boot('SuperUserPassword', {});
      expect(today).toEqual({ feature_disabled: false, super_user_password: 'super-secret' });
      const old = await call('v1.SuperUserPassword', 'FetchSuperUserPassword', {});
      expect(old).toEqual({ featureDisabled: false, superUserPassword: 'super-secret' });
    });
  });

  describe('shutdown', () => {
    it('ends waiting calls with UNAVAILABLE', async () => {
      await tableOf(server, machineTable).update('m2', (m2) => ({ ...m2, waiting: false }));
      const { ended } = wait({ machine_id: 'm2' });
      await eventually('m2 waits', () => machine('m2')?.waiting);
      await server.app.get(GrpcServer).stop();
      expect(await ended).toBe(grpc.status.UNAVAILABLE);
    });
  });
});
