import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AllocationSite, inState } from '../../../../test/support/allocation-site.js';
import { plantLeaf, tableOf } from '../../../../test/support/machines.js';
import { machineId } from '../../../../test/support/seed.js';
import { machineTable } from '../machine.table.js';
import { switchTable } from '../../switch/switch.table.js';
import { ReleaseService } from './release.service.js';

let site: AllocationSite;
beforeEach(async () => {
  site = await AllocationSite.start(1);
});
afterEach(() => site.close());

const releases = (): ReleaseService => site.service(ReleaseService);
const id = machineId(0);

describe('ReleaseService.free', () => {
  it('releases addresses and AS number, takes the ports out of the VRF, and reboots the machine into PXE', async () => {
    await site.allocate();
    await plantLeaf(site.server, 'leaf1', id);
    const machine = await releases().free(id, 'tester');
    expect(machine).toMatchObject({ id, tags: [] });
    expect([machine.allocation, machine.release]).toEqual([undefined, undefined]);
    expect(site.used).toEqual({ ips: 0, asns: 0 });
    expect(tableOf(site.server, switchTable).get('leaf1')?.nics[0]).toMatchObject({ vrf: undefined });
    expect(site.commandsOf(0).sort()).toEqual(['LED-OFF', 'delete']);
    expect(site.leaks()).toEqual([]);
  });

  it('keeps a static address of the project', async () => {
    const { body: ip } = await site.server
      .as('editor')
      .post('/v1/ip/allocate')
      .send({ networkid: site.network, projectid: site.lab.projects.a, type: 'static' })
      .expect(201);
    await site.allocate({ networks: [{ networkId: site.network, autoAcquire: false }], ips: [ip.ipaddress] });
    await releases().free(id, 'tester');
    await site.server.as('viewer').get(`/v1/ip/${ip.ipaddress}`).expect(200);
    expect(site.leaks()).toEqual([]);
  });

  it('is one release with one reboot for callers that come at the same time', async () => {
    await site.allocate();
    await Promise.all(Array.from({ length: 5 }, () => releases().free(id, 'tester')));
    expect([site.machine(0).allocation, site.machine(0).release]).toEqual([undefined, undefined]);
    expect(site.leaks()).toEqual([]);
    expect(site.commandsOf(0).filter((command) => command === 'delete')).toHaveLength(1);
  });

  it('reboots a machine that is free already once more', async () => {
    await site.allocate();
    await releases().free(id, 'tester');
    await releases().free(id, 'tester');
    expect(site.commandsOf(0).filter((command) => command === 'delete')).toHaveLength(2);
  });

  it.each([
    ['is locked', { state: inState('LOCKED', 'repair') }, /is locked: repair/],
    ['has no partition', { partitionId: undefined }, /does not belong to a partition/],
  ] as const)('refuses a machine that %s, and changes nothing', async (_, fields, reason) => {
    await site.allocate();
    await site.change(0, fields);
    const before = site.machine(0);
    await expect(releases().free(id, 'tester')).rejects.toThrow(reason);
    expect(site.machine(0)).toEqual(before);
    expect(site.commandsOf(0)).toEqual([]);
  });

  it('throws not-found for an unknown machine', async () => {
    await expect(releases().free(machineId(9), 'tester')).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('ReleaseService.reclaim', () => {
  it('refuses an allocated machine', async () => {
    await site.allocate();
    await expect(releases().reclaim(id, 'tester')).rejects.toThrow(/allocated to project "project-a"/);
    expect(site.machine(0).allocation).toBeDefined();
  });
});

describe('ReleaseService.finish', () => {
  it.each([
    ['without an allocation', {}],
    ['as earlier versions stored one without an allocation', { allocation: '' }],
  ])('finishes a release %s', async (_, stored) => {
    const table = tableOf(site.server, machineTable);
    const release = { id: 'r', deadline: '', ...stored };
    const marked = await table.update(id, (machine) => ({ ...machine, release }));
    expect((await releases().finish(marked, 'sweeper')).release).toBeUndefined();
    expect(site.commandsOf(0)).toContain('delete');
    expect(site.leaks()).toEqual([]);
  });

  it('does nothing for a release that is over, even if the machine has a new owner', async () => {
    await site.allocate();
    const marked = {
      ...site.machine(0),
      release: { id: 'over', allocation: site.machine(0).allocation!.uuid, deadline: '' },
    };
    await releases().finish(marked, 'sweeper');
    expect(site.machine(0).allocation).toBeDefined();
    expect(site.leaks()).toEqual([]);
  });
});
