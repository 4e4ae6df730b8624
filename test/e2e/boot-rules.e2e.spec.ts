import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab, LAB_HARDWARE } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { CommandService } from '../../src/modules/command/command.service.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { MAX_PROVISIONAL } from '../../src/modules/machine/event/provisional-machines.js';
import { bmcTable, machineTable } from '../../src/modules/machine/machine.table.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { GrpcClient } from '../../src/platform/grpc/grpc-client.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { grpcCall } from '../support/grpc-call.js';
import { DEV_KEYS } from '../support/hmac.js';
import { tableOf } from '../support/machines.js';

// Attacks on other callers' machines by any client that can reach the gRPC port, which must not affect honest
// machines.
let server: TestApp;
let address: string;
let admin: RestClient;
let editor: RestClient;
let lab: Lab;

const boot = (method: string, request: object) => grpcCall(address, `api.v1.BootService/${method}`, request);
const send = (events: object) => grpcCall(address, 'api.v1.EventService/Send', { events }) as Promise<SendAnswer>;
interface SendAnswer {
  readonly events: number;
  readonly failed: readonly string[];
}

const PORTS = Array.from({ length: 80 }, (_, index) => `Ethernet${index * 4}`);

/** Every machine of these tests has its own ports and addresses. */
let places = 0;
const nextPlace = (): { id: string; port: string; spare: string; macs: string[] } => {
  const n = places++;
  const macs = [1, 2].map((card) => `0a:00:00:00:${String(n).padStart(2, '0')}:0${card}`);
  return { id: `machine-${n}`, port: PORTS[2 * n]!, spare: PORTS[2 * n + 1]!, macs };
};
type Place = ReturnType<typeof nextPlace>;

const card = (mac: string, n: number, hostname: string, port: string) => ({
  mac,
  name: `eth${n}`,
  identifier: mac,
  neighbors: [{ mac: port, name: port, hostname, identifier: port }],
});

const hardware = (macs: readonly string[], port: string) => ({
  memory: LAB_HARDWARE.memory,
  cpus: [{ vendor: 'v', model: 'm', cores: LAB_HARDWARE.cores, threads: 16 }],
  disks: [LAB_HARDWARE.disk],
  nics: [card(macs[0]!, 1, 'leaf01', port), card(macs[1]!, 2, 'leaf02', port)],
});

const ipmi = (id: string, more: object = {}) => ({
  address: `10.1.1.${Number(id.split('-')[1]) + 1}:623`,
  mac: 'be:ef:00:00:00:01',
  user: 'metal',
  password: 'bmc-secret',
  interface: 'lanplus',
  bmc_version: '2',
  ...more,
});

const registration = ({ id, port, macs }: Place, more: object = {}) => ({
  uuid: id,
  partition_id: lab.partition,
  metal_hammer_version: 'v0.13.0',
  hardware: hardware(macs, port),
  bios: { version: '1', vendor: 'acme', date: '2026' },
  ipmi: ipmi(id),
  ...more,
});

const bootInfo = (more: object = {}) => ({ initrd: '/i', cmdline: 'quiet', kernel: '/k', bootloader_id: 'b', ...more });
const report = ({ id }: Place, more: object = {}) => ({
  uuid: id,
  success: true,
  console_password: 'console-secret',
  boot_info: bootInfo(),
  ...more,
});

const machine = (id: string) => tableOf(server, machineTable).get(id);
const bmc = (id: string) => tableOf(server, bmcTable).get(id);
const orders = (id: string) => server.app.get(CommandService).list({ machine: id });
/** The VRFs of a port on both leaves. */
const vrfs = (port: string) =>
  ['leaf01', 'leaf02'].map(
    (id) =>
      tableOf(server, switchTable)
        .get(id)!
        .nics.find(({ name }) => name === port)!.vrf,
  );
const portsOf = (id: string) =>
  [...tableOf(server, switchTable).list()].flatMap(({ connections }) =>
    connections.filter(({ machineId }) => machineId === id).map(({ port }) => port),
  );

/** Everything that a client could change through the gRPC port, except for the reported versions of BMC and BIOS. */
function stateOf(id: string) {
  const { changed: _changed, revision: _revision, ...rest } = machine(id)!;
  const { bios: _bios, state: _state, ...known } = rest;
  const ports = [...tableOf(server, switchTable).list()].map(({ nics, connections }) => ({ nics, connections }));
  return { machine: known, bmc: bmc(id), ports, orders: orders(id).length };
}

const refused = (call: Promise<unknown>, code = status.FAILED_PRECONDITION) =>
  expect(call).rejects.toMatchObject({ code });

async function registered(): Promise<Place> {
  const place = nextPlace();
  await boot('Register', registration(place));
  return place;
}

async function allocated(): Promise<Place> {
  const place = await registered();
  const network = await editor.post<{ id: string }>('v1/network/allocate', {
    partitionid: lab.partition,
    projectid: lab.projects.a,
  });
  await editor.post('v1/machine/allocate', {
    uuid: place.id,
    projectid: lab.projects.a,
    imageid: lab.machineImage,
    networks: [{ networkid: network.id }],
  });
  return place;
}

async function running(): Promise<Place> {
  const place = await allocated();
  await boot('Report', report(place));
  return place;
}

/** Returns the status that ends a Wait call. */
async function waitStatus(id: string): Promise<status> {
  const client = new GrpcClient({ address }, 'api/v1/boot.proto', 'api.v1.BootService');
  try {
    return await client.stream('Wait', { machineId: id }, undefined, AbortSignal.timeout(10_000)).then(
      () => status.OK,
      (error: { code: status }) => error.code,
    );
  } finally {
    client.close();
  }
}

const issuesOf = async (id: string): Promise<string[]> => {
  const found = await editor.post<{ issues: string[] }[]>('v1/machine/issues/evaluate', { id });
  return found.flatMap(({ issues }) => issues);
};

beforeAll(async () => {
  server = await startTestApp();
  address = `127.0.0.1:${await server.app.get(GrpcServer).start()}`;
  const url = `${server.url}/`;
  admin = new RestClient({ url, role: 'admin', key: DEV_KEYS.admin });
  editor = new RestClient({ url, role: 'editor', key: DEV_KEYS.editor });
  lab = await installLab(admin);
  for (const id of ['leaf01', 'leaf02']) {
    const nics = PORTS.map((name) => ({ name, mac: null, identifier: name }));
    const os = { vendor: 'SONiC', version: '4', metal_core_version: 'v0.15' };
    await editor.post('v1/switch/register', { id, name: id, partition_id: lab.partition, rack_id: 'rack-1', nics, os });
  }
});
afterAll(() => server.close());

const STRANGERS = ['0b:00:00:00:00:01', '0b:00:00:00:00:02'];

describe('a registration with the UUID of a running machine', { shuffle: false }, () => {
  let place: Place;
  let other: Place;
  beforeAll(async () => {
    place = await running();
    other = await registered();
  });

  const takeovers: [string, () => object][] = [
    ['two free ports and other cards', () => ({ hardware: hardware(STRANGERS, place.spare) })],
    ['two free ports and its own cards', () => ({ hardware: hardware(place.macs, place.spare) })],
    [
      'two free ports and one of its cards',
      () => ({ hardware: hardware([place.macs[0]!, STRANGERS[1]!], place.spare) }),
    ],
    ['its own ports and other cards', () => ({ hardware: hardware(STRANGERS, place.port) })],
    ['its own ports and cards without address', () => ({ hardware: hardware(['', ''], place.port) })],
    ['its own ports and zeros', () => ({ hardware: hardware(Array(2).fill('00:00:00:00:00:00'), place.port) })],
    ['the ports of another machine', () => ({ hardware: hardware(place.macs, other.port) })],
    ['the cards and ports of another machine', () => ({ hardware: hardware(other.macs, other.port) })],
    ['no cards', () => ({ hardware: { ...hardware(place.macs, place.port), nics: [] } })],
    ['switches that do not exist', () => ({ hardware: hardware(place.macs, 'Ethernet999') })],
    [
      'one port more',
      () => {
        const own = hardware(place.macs, place.port);
        return { hardware: { ...own, nics: [...own.nics, ...hardware(STRANGERS, place.spare).nics] } };
      },
    ],
    [
      'its own ports on one leaf only',
      () => ({
        hardware: { ...hardware(place.macs, place.port), nics: [card(place.macs[0]!, 1, 'leaf01', place.port)] },
      }),
    ],
  ];
  it.each(takeovers)('is rejected with %s', async (_what, more) => {
    const before = stateOf(place.id);
    await refused(boot('Register', registration(place, more())));
    expect(stateOf(place.id)).toEqual(before);
    expect(vrfs(place.spare)).toEqual([undefined, undefined]);
  });

  it('is rejected for another partition', async () => {
    await admin.put('v1/partition', {
      id: 'other',
      name: 'other',
      bootconfig: { imageurl: 'http://127.0.0.1/i', kernelurl: 'http://127.0.0.1/k', commandline: '' },
    });
    const before = stateOf(place.id);
    await refused(boot('Register', registration(place, { partition_id: 'other' })));
    await refused(boot('Register', registration(place, { partition_id: '' })), status.NOT_FOUND);
    expect(stateOf(place.id)).toEqual(before);
  });

  it('shows up among the issues of the machine', async () => {
    expect(await issuesOf(place.id)).toContain('last-event-error');
    const { events } = await editor.get<{ events: { last_error_event: { message: string } } }>(
      `v1/machine/${place.id}`,
    );
    expect(events.last_error_event.message).toMatch(/^registration refused: machine .*second server/);
    const explained = await editor.get<{ issues: { id: string; description: string }[] }>(
      `issues/explain?machine=${place.id}`,
    );
    expect(explained.issues.find(({ id }) => id === 'last-event-error')?.description).toMatch(
      /second server use its UUID/,
    );
    expect(tableOf(server, eventTable).get(place.id)!.events).toEqual([]);
  });

  const hijacks: [string, object][] = [
    ['address', { address: '10.66.6.6:623' }],
    ['address without port', { address: '10.66.6.6' }],
    ['address as a name', { address: 'evil.example.org:623' }],
    ['interface', { interface: 'lan' }],
    ['user', { user: 'root', password: 'x' }],
    ['address and password', { address: '10.66.6.6:623', password: 'x' }],
    ['MAC and password', { mac: 'ee:00:00:00:00:01', password: 'x' }],
    ['board', { fru: { board_mfg: 'evil', chassis_part_serial: 'evil' } }],
  ];
  it.each(hijacks)('does not change its BMC, whatever %s it reports', async (_what, more) => {
    const before = stateOf(place.id);
    await boot('Register', registration(place, { ipmi: ipmi(place.id, more) }));
    expect(stateOf(place.id)).toEqual(before);
  });

  it.each([
    ['memory', { memory: 1 }],
    ['disks', { disks: [] }],
    ['processors', { cpus: [{ vendor: 'v', model: 'm', cores: 1, threads: 1 }] }],
    ['graphics cards', { gpus: [{ vendor: 'v', model: 'm' }] }],
  ])('does not change its size, whatever %s it reports', async (_what, more) => {
    const before = stateOf(place.id);
    await boot('Register', registration(place, { hardware: { ...hardware(place.macs, place.port), ...more } }));
    expect(stateOf(place.id)).toEqual(before);
  });

  it('is rejected over REST as well', async () => {
    const before = stateOf(place.id);
    const nics = hardware(STRANGERS, place.spare).nics;
    const body = { uuid: place.id, partitionid: lab.partition, rackid: '', bios: {}, ipmi: ipmi(place.id), tags: [] };
    await server
      .as('editor')
      .post('/v1/machine/register')
      .send({ ...body, hardware: { memory: 1, cpu_cores: 1, disks: [], nics } })
      .expect(422);
    expect(stateOf(place.id)).toEqual(before);
  });
});

describe('a registration with a known UUID and other cards', { shuffle: false }, () => {
  it.each([
    ['waits', registered],
    ['was never waiting', registered],
    ['is being installed', allocated],
    ['runs', running],
    [
      'is being reinstalled',
      async () => {
        const place = await running();
        await editor.post(`v1/machine/${place.id}/reinstall`, { imageid: lab.machineImage });
        return place;
      },
    ],
  ] as [string, () => Promise<Place>][])('does not take the ports of a machine that %s', async (_what, prepare) => {
    const place = await prepare();
    const before = stateOf(place.id);
    await refused(boot('Register', registration({ ...place, port: place.spare, macs: STRANGERS })));
    expect(stateOf(place.id)).toEqual(before);
  });
});

describe('a report on a running machine', { shuffle: false }, () => {
  let place: Place;
  let vrf: string;
  beforeAll(async () => {
    place = await running();
    vrf = `vrf${machine(place.id)!.allocation!.networks[0]!.vrf}`;
  });

  it.each([
    ['another console password', { console_password: 'mine' }],
    ['no console password', { console_password: '' }],
    ['a longer console password', { console_password: 'console-secret!' }],
    ['another kernel', { boot_info: bootInfo({ kernel: '/evil' }) }],
    ['another command line', { boot_info: bootInfo({ cmdline: 'quiet init=/bin/sh' }) }],
    ['another initial ramdisk', { boot_info: bootInfo({ initrd: '/evil' }) }],
    ['another boot loader', { boot_info: bootInfo({ bootloader_id: 'evil' }) }],
    ['a disk', { boot_info: bootInfo({ primary_disk: '/dev/sdb' }) }],
  ])('is rejected with %s', async (_what, more) => {
    const before = stateOf(place.id);
    await refused(boot('Report', report(place, more)));
    expect(stateOf(place.id)).toEqual(before);
  });

  it('succeeds if it repeats the previous one, and changes nothing', async () => {
    const before = { ...stateOf(place.id), revision: machine(place.id)!.revision };
    await boot('Report', report(place));
    await boot('Report', report(place, { success: false, message: 'again' }));
    await boot('Report', report(place, { boot_info: bootInfo({ image_id: 'ignored-1.0.0' }) }));
    expect({ ...stateOf(place.id), revision: machine(place.id)!.revision }).toEqual(before);
    expect(vrfs(place.port)).toEqual([vrf, vrf]);
  });

  it('is rejected over REST as well', async () => {
    const before = stateOf(place.id);
    const body = {
      console_password: 'mine',
      primarydisk: '',
      ospartition: '',
      initrd: '',
      cmdline: '',
      kernel: '/evil',
      bootloaderid: '',
    };
    await server.as('editor').post(`/v1/machine/${place.id}/finalize-allocation`).send(body).expect(422);
    await server.as('editor').post(`/v1/machine/${place.id}/abort-reinstall`).send({}).expect(422);
    expect(stateOf(place.id)).toEqual(before);
  });

  it('cannot be enabled by aborting a reinstallation that was never requested', async () => {
    const before = stateOf(place.id);
    for (const primary_disk_wiped of [false, true]) {
      await refused(boot('AbortReinstall', { uuid: place.id, primary_disk_wiped }));
    }
    expect(stateOf(place.id)).toEqual(before);
  });
});

describe('an abort without a reinstallation', { shuffle: false }, () => {
  it.each([
    ['is being installed', allocated],
    ['runs', running],
    [
      'was reinstalled',
      async () => {
        const place = await running();
        await editor.post(`v1/machine/${place.id}/reinstall`, { imageid: lab.machineImage });
        await boot('Report', report(place, { console_password: 'second' }));
        return place;
      },
    ],
  ] as [string, () => Promise<Place>][])('tells nothing of a machine that %s', async (_what, prepare) => {
    const place = await prepare();
    const before = stateOf(place.id);
    const answer: unknown = await boot('AbortReinstall', { uuid: place.id }).catch((error: unknown) => error);
    expect(answer).toMatchObject({ code: status.FAILED_PRECONDITION });
    expect(stateOf(place.id)).toEqual(before);
  });

  it('issues no commands for a free machine', async () => {
    const place = await registered();
    expect(await boot('AbortReinstall', { uuid: place.id })).toEqual({ boot_info: null });
    expect(orders(place.id)).toEqual([]);
  });
});

describe('ports that a machine leaves', { shuffle: false }, () => {
  it('are in no VRF after the machine is plugged in elsewhere for its reinstallation', async () => {
    const place = await running();
    const vrf = `vrf${machine(place.id)!.allocation!.networks[0]!.vrf}`;
    await editor.post(`v1/machine/${place.id}/reinstall`, { imageid: lab.machineImage });
    await boot('Register', registration({ ...place, port: place.spare }));
    await boot('Report', report(place, { console_password: 'second' }));
    expect([vrfs(place.port), vrfs(place.spare)]).toEqual([
      [undefined, undefined],
      [vrf, vrf],
    ]);
  });

  it('are in no VRF even if the VRF was set when the machine left them', async () => {
    const place = await registered();
    for (const id of ['leaf01', 'leaf02']) {
      await tableOf(server, switchTable).update(id, (leaf) => ({
        ...leaf,
        nics: leaf.nics.map((nic) => (nic.name === place.port ? { ...nic, vrf: 'vrf77' } : nic)),
      }));
    }
    await boot('Register', registration({ ...place, port: place.spare }));
    expect([vrfs(place.port), vrfs(place.spare)]).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });
});

describe('a call of another caller than the registering one', { shuffle: false }, () => {
  const registeredBy = (id: string, certificate: string) =>
    tableOf(server, machineTable).update(id, (current) => ({
      ...current,
      registeredBy: { ...current.registeredBy!, certificate },
    }));

  it('is rejected, but accepted again once the caller itself has registered', async () => {
    const place = await allocated();
    expect(machine(place.id)!.registeredBy).toEqual({ address: '127.0.0.1', certificate: '' });
    await registeredBy(place.id, 'of another box');
    const before = stateOf(place.id);
    await refused(boot('Report', report(place)), status.PERMISSION_DENIED);
    await refused(boot('AbortReinstall', { uuid: place.id }), status.PERMISSION_DENIED);
    expect(stateOf(place.id)).toEqual(before);
    await boot('Register', registration(place));
    await boot('Report', report(place));
  });

  it('does not make the machine a candidate', async () => {
    const place = await registered();
    await registeredBy(place.id, 'of another box');
    expect(await waitStatus(place.id)).toBe(status.PERMISSION_DENIED);
    expect(machine(place.id)!.waiting).toBe(false);
  });
});

describe('honest machines', { shuffle: false }, () => {
  it('can register, repeat their registration while waiting, and be plugged in elsewhere', async () => {
    const place = await registered();
    await boot('Register', registration(place));
    expect(portsOf(place.id)).toEqual([place.port, place.port]);
    await boot(
      'Register',
      registration({ ...place, port: place.spare }, { ipmi: ipmi(place.id, { address: '10.9.9.9:623' }) }),
    );
    expect(portsOf(place.id)).toEqual([place.spare, place.spare]);
    expect(bmc(place.id)).toMatchObject({ address: '10.9.9.9:623' });
  });

  it('can get new cards at the same ports', async () => {
    const place = await registered();
    await boot('Register', registration({ ...place, macs: STRANGERS }));
    expect(machine(place.id)!.hardware.nics.map(({ mac }) => mac)).toEqual(STRANGERS);
  });

  it('can restart after a crashed installation', async () => {
    const place = await allocated();
    await boot('Register', registration(place, { ipmi: ipmi(place.id, { password: 'of this boot' }) }));
    expect(bmc(place.id)).toMatchObject({ password: 'of this boot' });
    await boot('Report', report(place));
    expect(machine(place.id)!.allocation!.consolePassword).toBe('console-secret');
  });

  it('can be reinstalled, and abort it', async () => {
    const place = await running();
    const [vrf] = vrfs(place.port);
    await editor.post(`v1/machine/${place.id}/reinstall`, { imageid: lab.machineImage });
    expect(vrfs(place.port)).toEqual([undefined, undefined]);
    await send({ [place.id]: { event: 'Registering' } });
    await boot('Register', registration(place, { ipmi: ipmi(place.id, { address: '10.8.8.8:623' }) }));
    expect(bmc(place.id)).toMatchObject({ address: '10.8.8.8:623' });
    expect(await boot('AbortReinstall', { uuid: place.id })).toMatchObject({ boot_info: { kernel: '/k' } });
    expect(vrfs(place.port)).toEqual([vrf, vrf]);
  });

  it('can be replaced in their rack by a server with the same UUID', async () => {
    const place = await registered();
    await tableOf(server, eventTable).update(place.id, (events) => ({ ...events, liveliness: 'Dead' }));
    await admin.delete(`v1/machine/${place.id}`);
    expect(portsOf(place.id)).toEqual([]);
    await boot('Register', registration({ ...place, port: place.spare, macs: STRANGERS }));
    expect(portsOf(place.id)).toEqual([place.spare, place.spare]);
  });

  it('are sent to their disk, which is not wiped, if they return to the installer', async () => {
    const place = await running();
    await tableOf(server, machineTable).update(place.id, (current) => ({
      ...current,
      changed: '2026-01-01T00:00:00.000Z',
    }));
    const before = stateOf(place.id);
    await send({ [place.id]: { event: 'Preparing' } });
    await refused(boot('Register', registration(place)));
    expect(stateOf(place.id)).toEqual(before);
    for (const { id } of orders(place.id)) await expire(id);
    await refused(boot('Register', registration(place)));
    expect(orders(place.id).map(({ command }) => command)).toEqual(['DISK', 'DISK']);
  });

  const expire = async (id: string): Promise<void> => {
    const { commandTable } = await import('../../src/modules/command/command.table.js');
    await tableOf(server, commandTable).update(id, (command) => ({ ...command, state: 'expired' }));
  };
});

describe('events of invented machines', { shuffle: false }, () => {
  it('leave a limited number of machines behind, and do not delay others', async () => {
    const place = await registered();
    const before = tableOf(server, machineTable).size;
    for (const part of ['a', 'b']) {
      const ids = Array.from({ length: 4_000 }, (_, n) => [`invented-${part}-${n}`, { event: 'Alive' }]);
      const answer = await send({ ...Object.fromEntries(ids), [place.id]: { event: 'Waiting' } });
      expect(answer.events + answer.failed.length).toBe(4_001);
    }
    expect(tableOf(server, machineTable).size - before).toBeLessThanOrEqual(MAX_PROVISIONAL);
    expect(tableOf(server, eventTable).get(place.id)!.events[0]).toMatchObject({ event: 'Waiting' });

    await boot('Dhcp', { uuid: 'one-more' });
    expect(machine('one-more')).toBeUndefined();
    await server.as('editor').post('/v1/machine/one-more/event').send({ event: 'Alive' }).expect(422);
    await server.as('editor').post('/v1/machine/one-more/event').send({ event: 'Reset Fail Count' }).expect(422);
    expect(machine('one-more')).toBeUndefined();
  });

  it('do not keep a new machine from registering', async () => {
    const place = await registered();
    expect(machine(place.id)).toMatchObject({ sizeId: lab.size });
  });
});
