import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab, LAB_HARDWARE } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { CommandService } from '../../src/modules/command/command.service.js';
import { bmcTable, machineTable } from '../../src/modules/machine/machine.table.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { DEV_KEYS } from '../support/hmac.js';
import { plantMachine, tableOf } from '../support/machines.js';

// Routes that exist only for metal-core v0.6 and metalctl v0.9, with requests as these clients send them.
let server: TestApp;
let lab: Lab;
let network: string;

const editor = () => server.as('editor');
const vrfs = () => [...tableOf(server, switchTable).list()].map(({ nics }) => nics[0]!.vrf);

const hardware = (mac: number) => ({
  memory: LAB_HARDWARE.memory,
  cpu_cores: LAB_HARDWARE.cores,
  disks: [{ ...LAB_HARDWARE.disk, primary: true, partitions: null }],
  nics: [1, 2].map((leaf) => ({
    mac: `aa:0${leaf}`,
    name: `eth${leaf}`,
    features: ['x'],
    neighbors: [{ mac: `leaf0${leaf}:${mac}`, name: '', neighbors: null }],
  })),
});

const registration = (uuid: string, mac = 0) => ({
  uuid,
  partitionid: lab.partition,
  rackid: 'somewhere',
  hardware: hardware(mac),
  bios: { version: '1', vendor: 'acme', date: '2021' },
  ipmi: { address: '10.1.1.1:623', user: 'metal', password: 'secret', fru: { board_mfg: 'acme' }, mac: 'bb' },
  tags: null,
});

beforeAll(async () => {
  server = await startTestApp();
  lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  for (const id of ['leaf01', 'leaf02']) {
    const nics = [0, 1].map((port) => ({ name: `swp${port}`, mac: `${id}:${port}` }));
    await editor().post('/v1/switch/register').send({ id, name: id, partition_id: lab.partition, rack_id: 'r1', nics });
  }
  const request = { partitionid: lab.partition, projectid: lab.projects.a };
  network = (await editor().post('/v1/network/allocate').send(request).expect(201)).body.id as string;
});
afterAll(() => server.close());

describe('agents of 2021', { shuffle: false }, () => {
  describe('POST /v1/machine/register', () => {
    const register = (body: object) => editor().post('/v1/machine/register').send(body);

    it('returns 201 for a new machine and 200 for a known one; the rack is derived from the switches', async () => {
      const { body } = await register(registration('m1')).expect(201);
      expect(body).toMatchObject({
        id: 'm1',
        name: '8-core/69 GB',
        description: expect.stringMatching(/8 cores.*69 GB/),
        rackid: 'r1',
        size: { id: lab.size },
        partition: { id: lab.partition },
        hardware: { cpu_cores: LAB_HARDWARE.cores, disks: [{ name: '/dev/sda', primary: false }] },
        bios: { date: '2021' },
        allocation: null,
        tags: [],
      });
      await register({ ...registration('m1'), ipmi: { ...registration('m1').ipmi, password: '' } }).expect(200);
      expect(tableOf(server, bmcTable).get('m1')).toMatchObject({ password: 'secret', fru: { boardMfg: 'acme' } });
    });

    it('rejects machines without ID, partition or wiring', async () => {
      await register({ ...registration('') }).expect(400);
      await register({ ...registration('m2', 1), partitionid: 'nowhere' }).expect(404);
      expect(errorOf(await register(registration('m2', 7)).expect(422)).message).toContain('exactly two switches');
      await register({ ...registration('m2', 1), hardware: { memory: 'much' } }).expect(400);
      await server.as('viewer').post('/v1/machine/register').send(registration('m2', 1)).expect(403);
      expect(tableOf(server, machineTable).get('m2')).toBeUndefined();
    });
  });

  describe('events', () => {
    const send = (id: string, body: object) => editor().post(`/v1/machine/${id}/event`).send(body);

    it('are accepted, even for unknown machines, and returned newest first', async () => {
      const { body } = await send('m9', { event: 'Preparing', message: 'a', time: '2021-01-01T00:00:00Z' }).expect(200);
      expect(body).toMatchObject({ log: [{ event: 'Preparing', message: 'a' }], incomplete_provisioning_cycles: '0' });
      expect(Date.parse(body.last_event_time as string)).toBeGreaterThan(Date.parse('2026-01-01'));
      for (const event of ['Registering', 'Waiting', 'Installing', 'Crashed', 'Planned Reboot'])
        await send('m9', { event }).expect(200);
      const shown = await server.as('viewer').get('/v1/machine/m9/event').expect(200);
      expect(shown.body.log.map(({ event }: { event: string }) => event)).toEqual([
        ...['Planned Reboot', 'Crashed', 'Installing', 'Waiting', 'Registering'],
      ]);
    });

    it('reset a crash loop by their legacy name', async () => {
      expect((await send('m8', { event: 'Crashed' }).expect(200)).body).toMatchObject({ crash_loop: true });
      const { body } = await send('m8', { event: 'Reset Fail Count' }).expect(200);
      expect(body).toMatchObject({ crash_loop: false, log: [{ event: 'Reset Fail Count' }, {}] });
    });

    it('must have a known type, and be sent by an editor', async () => {
      expect(errorOf(await send('m7', { event: 'phoned home' }).expect(422)).message).toContain('phoned home');
      await send('m7', { event: 1 }).expect(400);
      await send('x'.repeat(200), { event: 'Reset Fail Count' }).expect(400);
      await server.as('viewer').post('/v1/machine/m7/event').send({ event: 'Alive' }).expect(403);
      await server.as('viewer').get('/v1/machine/m7/event').expect(404);
      await plantMachine(server, 'silent');
      await server.as('viewer').get('/v1/machine/silent/event').expect(404);
      await server.as('nobody').get('/v1/machine/m9/event').expect(403);
    });
  });

  describe('an installation', () => {
    const REPORT = {
      console_password: 'console-secret',
      primarydisk: '/dev/sda',
      ospartition: '/dev/sda2',
      initrd: '/initrd',
      cmdline: 'quiet',
      kernel: '/vmlinuz',
      bootloaderid: 'metal',
    };
    const finalize = (id: string, body: object = REPORT) =>
      editor().post(`/v1/machine/${id}/finalize-allocation`).send(body);
    const abort = (id: string, wiped: boolean) =>
      editor().post(`/v1/machine/${id}/abort-reinstall`).send({ primary_disk_wiped: wiped });
    const BOOT = {
      primary_disk: '/dev/sda',
      os_partition: '/dev/sda2',
      initrd: '/initrd',
      cmdline: 'quiet',
      kernel: '/vmlinuz',
      bootloaderid: 'metal',
    };

    it('is reported: boot data and password are stored, the ports join the VRF, no disk boot is requested', async () => {
      await finalize('m1').expect(422);
      const wanted = {
        uuid: 'm1',
        projectid: lab.projects.a,
        imageid: lab.machineImage,
        networks: [{ networkid: network }],
      };
      await editor().post('/v1/machine/allocate').send(wanted).expect(200);
      const { body } = await finalize('m1').expect(200);
      expect(body.allocation).toMatchObject({ boot_info: { ...BOOT, image_id: lab.machineImage }, reinstall: false });
      expect(JSON.stringify(body)).not.toContain('console-secret');
      expect(vrfs()).toEqual([`vrf${body.allocation.networks[0].vrf}`, `vrf${body.allocation.networks[0].vrf}`]);
      expect(server.app.get(CommandService).list({ machine: 'm1' })).toEqual([]);
    });

    it('is aborted: the old system boots again, in its VRF, unless it was wiped', async () => {
      const [vrf] = vrfs();
      await editor().post('/v1/machine/m1/reinstall').send({ imageid: lab.machineImage }).expect(200);
      expect(vrfs()).toEqual([undefined, undefined]);
      const wiped = await abort('m1', true).expect(200);
      expect([wiped.text, wiped.headers['content-type']]).toEqual(['null', 'application/json']);
      expect(vrfs()).toEqual([undefined, undefined]);
      const { body } = await abort('m1', false).expect(200);
      expect(body).toEqual({ ...BOOT, image_id: lab.machineImage });
      expect(vrfs()).toEqual([vrf, vrf]);
      expect(tableOf(server, machineTable).get('m1')?.allocation?.reinstall).toBe(false);
      expect((await abort('m9', false).expect(200)).text).toBe('null');
    });

    it('requires an editor and a machine', async () => {
      await server.as('viewer').post('/v1/machine/m1/finalize-allocation').send(REPORT).expect(403);
      await server.as('viewer').post('/v1/machine/m1/abort-reinstall').send({}).expect(403);
      await finalize('nobody').expect(404);
      await abort('nobody', false).expect(404);
      await finalize('m1', { kernel: 7 }).expect(400);
      await editor().post('/v1/machine/m1/abort-reinstall').send({ primary_disk_wiped: 'no' }).expect(400);
    });
  });

  describe('POST /v1/firewall/allocate', () => {
    it('rejects a pair of firewalls, and accepts everything else that legacy clients send', async () => {
      const networks = [{ networkid: network }, { networkid: lab.internet }];
      const { size: sizeid, partition: partitionid, firewallImage: imageid } = lab;
      const ask = (ha: unknown) =>
        editor()
          .post('/v1/firewall/allocate')
          .send({ projectid: lab.projects.a, partitionid, sizeid, imageid, networks, ha });
      expect(errorOf(await ask(true).expect(422)).message).toContain('pairs');
      expect(errorOf(await ask(false).expect(422)).message).toContain('no machine available');
      expect(errorOf(await ask(null).expect(422)).message).toContain('no machine available');
      await ask('yes').expect(400);
    });
  });

  describe('POST /v1/size/from-hardware', () => {
    const ask = (body: object) => server.as('viewer').post('/v1/size/from-hardware').send(body);

    it('returns the size and how it was matched', async () => {
      const { body } = await ask(hardware(0)).expect(200);
      const { memory, cores } = LAB_HARDWARE;
      expect(body).toMatchObject({ name: lab.size, log: '', match: true });
      expect(body.constraints.slice(0, 2)).toEqual([
        { constraint: { type: 'cores', min: cores, max: cores }, match: true, log: `8 >= ${cores} && 8 <= ${cores}` },
        expect.objectContaining({ match: true, log: `${memory} >= ${memory} && ${memory} <= ${memory}` }),
      ]);
    });

    it('rejects hardware that no size, or more than one, matches', async () => {
      await ask({ ...hardware(0), cpu_cores: 7 }).expect(404);
      await ask({}).expect(404);
      await ask({ memory: '1' }).expect(400);
      await server.as('nobody').post('/v1/size/from-hardware').send(hardware(0)).expect(403);
      const constraints = [
        { type: 'cores', min: 1, max: 99, identifier: 'EPYC*' },
        { type: 'memory', min: 1, max: LAB_HARDWARE.memory },
        { type: 'storage', min: 1, max: LAB_HARDWARE.disk.size },
      ];
      await server.as('admin').put('/v1/size').send({ id: 'other', constraints }).expect(201);
      expect(errorOf(await ask(hardware(0)).expect(422)).message).toContain('other');
    });
  });
});
