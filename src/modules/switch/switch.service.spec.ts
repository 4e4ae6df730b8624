import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { leaf, neighbor, port, wired } from '../../../test/support/switches.js';
import { TrustingUrlProbe } from '../../platform/reachability/http-url-probe.js';
import { ManualClock } from '../../shared/clock.js';
import { PartitionReferences } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { partitionTable } from '../partition/partition.table.js';
import { SwitchRegistrationService } from './switch-registration.service.js';
import type { SwitchRegistration } from './switch-registration.service.js';
import { NeighborUpdater, withVrf } from './switch.js';
import type { Neighbor } from './switch.js';
import { SwitchService } from './switch.service.js';
import { switchStatusTable, switchTable } from './switch.table.js';

async function setUp() {
  const clock = new ManualClock();
  const references = new PartitionReferences();
  const partitions = new PartitionService(memoryTable(partitionTable), clock, references, new TrustingUrlProbe());
  await partitions.create('p1', {});
  const table = memoryTable(switchTable);
  const switches = new SwitchService(table, memoryTable(switchStatusTable), clock, references);
  const neighbors = new NeighborUpdater();
  neighbors.provide(async () => undefined);
  const registration = new SwitchRegistrationService(table, clock, switches, partitions, neighbors);
  return { clock, partitions, table, switches, registration, neighbors };
}

const registering = (id: string, ports = ['Ethernet0', 'Ethernet4'], more: Partial<SwitchRegistration> = {}) => {
  const { rackId, partitionId, managementIp, managementUser, nics, os } = leaf(id, ports);
  return { id, name: id, rackId, partitionId, managementIp, managementUser, nics, os, ...more };
};

async function withMachine() {
  const parts = await setUp();
  await parts.registration.register(registering('leaf1'));
  await parts.registration.register(registering('leaf2'));
  await parts.switches.connect(wired('m1', neighbor('leaf1', 'Ethernet4'), neighbor('leaf2', 'Ethernet4')));
  return parts;
}

const vrfs = (switches: SwitchService, id: string) => switches.get(id).nics.map(({ vrf }) => vrf);

describe('registration of a switch', () => {
  it('distinguishes new from known switches, and is idempotent', async () => {
    const { registration } = await setUp();
    const first = await registration.register(registering('leaf1'));
    expect(first).toMatchObject({ isNew: true, leaf: { mode: undefined, connections: [], name: 'leaf1' } });
    const second = await registration.register(registering('leaf1', undefined, { name: undefined, rackId: 'r2' }));
    expect(second).toMatchObject({ isNew: false, leaf: { name: 'leaf1', rackId: 'r2', created: first.leaf.created } });
  });

  it.each([
    [registering(''), 'malformed'],
    [registering('leaf1', ['a', 'a']), 'malformed'],
    [registering('leaf1', [], { partitionId: 'nowhere' }), 'not-found'],
    [registering('leaf1', [], { os: { vendor: 'sonic', version: '', metalCoreVersion: '' } }), 'invalid'],
  ])('rejects %o with %s', async (wrong, kind) => {
    const { registration } = await setUp();
    await expect(registration.register(wrong)).rejects.toMatchObject({ kind });
  });

  it('accepts agents that report no operating system', async () => {
    const { registration } = await setUp();
    const { leaf } = await registration.register(registering('leaf1', ['swp1'], { os: undefined }));
    expect(leaf.os).toBeUndefined();
  });
});

describe('an agent that replaces an older one', () => {
  const nic = (name: string, mac: string, identifier = '') => port(name, { mac, identifier });

  it('adds identifiers to ports that were known by MAC address; machines stay connected', async () => {
    const { registration, switches } = await setUp();
    for (const [id, mac] of [
      ['leaf1', 'aa'],
      ['leaf2', 'bb'],
    ] as const) {
      await registration.register(
        registering(id, [], { os: undefined, nics: [nic('swp1', mac), nic('swp2', `${mac}2`)] }),
      );
    }
    await switches.connect(wired('m1', neighbor('', '', 'aa'), neighbor('', '', 'bb')));
    await switches.setVrf('m1', 30);
    const nics = [nic('swp2', 'aa2', 'swp2'), nic('swp1', 'aa', 'swp1')];
    const { leaf } = await registration.register(registering('leaf1', [], { os: undefined, nics }));
    expect(leaf.connections).toEqual([{ machineId: 'm1', port: 'swp1' }]);
    expect(leaf.nics.map(({ identifier, vrf }) => [identifier, vrf])).toEqual([
      ['swp2', undefined],
      ['swp1', 'vrf30'],
    ]);
    await switches.setVrf('m1', undefined);
    expect(vrfs(switches, 'leaf1')).toEqual([undefined, undefined]);
  });

  it('must still have the ports of connected machines', async () => {
    const { registration, switches } = await setUp();
    await registration.register(registering('leaf1', [], { nics: [nic('swp1', 'aa')] }));
    await registration.register(registering('leaf2', [], { nics: [nic('swp1', 'bb')] }));
    await switches.connect(wired('m1', neighbor('', '', 'aa'), neighbor('', '', 'bb')));
    const other = registering('leaf1', [], { nics: [nic('swp1', 'cc', 'swp1')] });
    await expect(registration.register(other)).rejects.toMatchObject({ kind: 'invalid' });
  });
});

describe('machines at switches', () => {
  it('are connected, moved into a VRF, removed from it and disconnected', async () => {
    const { switches } = await withMachine();
    await switches.setVrf('m1', 30);
    expect([vrfs(switches, 'leaf1'), vrfs(switches, 'leaf2')]).toEqual([
      [undefined, 'vrf30'],
      [undefined, 'vrf30'],
    ]);
    await switches.setVrf('m1', undefined);
    expect(vrfs(switches, 'leaf1')).toEqual([undefined, undefined]);
    await switches.disconnect('m1');
    await switches.disconnect('m1');
    expect(switches.get('leaf2').connections).toEqual([]);
    await switches.setVrf('m1', 'default');
    expect(vrfs(switches, 'leaf1')).toEqual([undefined, undefined]);
  });

  it('prevent the deletion of a switch, unless forced', async () => {
    const { switches } = await withMachine();
    await expect(switches.delete('leaf1', false)).rejects.toMatchObject({ kind: 'malformed' });
    expect((await switches.delete('leaf1', true)).id).toBe('leaf1');
    expect(switches.find('leaf1')).toBeUndefined();
  });

  it('survive registering again', async () => {
    const { switches, registration } = await withMachine();
    await switches.setVrf('m1', 30);
    await registration.register(registering('leaf1', ['Ethernet0', 'Ethernet4', 'Ethernet8']));
    expect(vrfs(switches, 'leaf1')).toEqual([undefined, 'vrf30', undefined]);
    await expect(registration.register(registering('leaf1', ['Ethernet0']))).rejects.toMatchObject({ kind: 'invalid' });
  });
});

describe('notifications', () => {
  it('keep the last success and the last failure', async () => {
    const { switches, clock } = await withMachine();
    const before = switches.get('leaf1').revision;
    await switches.notify('leaf1', { duration: 5 });
    clock.advance(1000);
    await switches.notify('leaf1', { duration: 7, error: 'no way' });
    expect(switches.status('leaf1')).toMatchObject({
      lastSync: { time: '2026-01-01T00:00:00.000Z', duration: 5 },
      lastSyncError: { time: '2026-01-01T00:00:01.000Z', duration: 7, error: 'no way' },
    });
    expect(switches.get('leaf1').revision).toBe(before);
    await switches.notify('leaf1', { duration: 1, states: { Ethernet0: 'UP' } });
    expect(switches.get('leaf1').nics[0]?.reported).toBe('UP');
  });

  it('leave nothing behind for an unknown switch', async () => {
    const { switches } = await setUp();
    await expect(switches.notify('ghost', { duration: 1 })).rejects.toMatchObject({ kind: 'not-found' });
    expect(switches.status('ghost')).toBeUndefined();
  });
});

describe('ports', () => {
  it('are set by name, case-insensitively', async () => {
    const { switches } = await withMachine();
    expect((await switches.setPort('leaf1', 'ETHERNET0', 'DOWN')).nics[0]?.wanted).toBe('DOWN');
    await expect(switches.setPort('leaf1', 'Ethernet0', 'UNKNOWN')).rejects.toMatchObject({ kind: 'malformed' });
    await expect(switches.setPort('leaf1', 'Ethernet99', 'UP')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(switches.setPort('ghost', 'Ethernet0', 'UP')).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('replacement of a broken switch', () => {
  it('takes over machines and VRFs from its twin and updates the machines', async () => {
    const { switches, registration, neighbors } = await withMachine();
    await switches.setVrf('m1', 30);
    const seen: Neighbor[] = [];
    neighbors.provide((_machineId, replace) => {
      seen.push(replace(neighbor('leaf1', 'Ethernet4')), replace(neighbor('leaf2', 'Ethernet4')));
      return Promise.resolve();
    });
    await switches.update('leaf1', { mode: 'replace' });
    const nics = ['Ethernet0', 'Ethernet4'].map((name) => port(name, { mac: `new-${name}` }));
    const { leaf, isNew } = await registration.register(registering('leaf1', [], { nics }));
    expect(isNew).toBe(false);
    expect(leaf).toMatchObject({ mode: 'operational', connections: [{ machineId: 'm1', port: 'Ethernet4' }] });
    expect(leaf.nics.map(({ mac, vrf }) => [mac, vrf])).toEqual([
      ['new-Ethernet0', undefined],
      ['new-Ethernet4', 'vrf30'],
    ]);
    expect(seen.map(({ mac }) => mac)).toEqual(['new-Ethernet4', 'Ethernet4']);
  });

  it('requires exactly one twin', async () => {
    const { switches, registration } = await setUp();
    await registration.register(registering('leaf1'));
    await switches.update('leaf1', { mode: 'replace' });
    await expect(registration.register(registering('leaf1'))).rejects.toMatchObject({ kind: 'invalid' });
  });
});

describe('migration', () => {
  it('moves everything to the new switch', async () => {
    const { switches, registration } = await withMachine();
    await switches.setVrf('m1', 30);
    await registration.register(registering('leaf9'));
    const after = await registration.migrate('leaf1', 'leaf9');
    expect(after.connections).toEqual([{ machineId: 'm1', port: 'Ethernet4' }]);
    expect(switches.get('leaf1').connections).toEqual([]);
    expect(vrfs(switches, 'leaf9')).toEqual([undefined, 'vrf30']);
    expect((await switches.delete('leaf1', false)).id).toBe('leaf1');
  });

  it('rejects moving the machines of a leaf to its twin', async () => {
    const { switches, registration } = await withMachine();
    await expect(registration.migrate('leaf1', 'leaf2')).rejects.toThrow('"leaf2" is already in use');
    expect(switches.get('leaf1').connections).toHaveLength(1);
    expect(switches.get('leaf2').mode).toBeUndefined();
  });

  it('can be repeated after a failure half-way', async () => {
    const { switches, registration, neighbors } = await withMachine();
    await registration.register(registering('leaf9'));
    neighbors.provide(() => Promise.reject(new Error('no database')));
    await expect(registration.migrate('leaf1', 'leaf9')).rejects.toThrow('no database');
    neighbors.provide(() => Promise.resolve());
    await registration.migrate('leaf1', 'leaf9');
    expect(switches.get('leaf9').connections).toEqual([{ machineId: 'm1', port: 'Ethernet4' }]);
    expect(switches.get('leaf1').connections).toEqual([]);
  });

  it('keeps a VRF that a machine gets during the migration', async () => {
    const { table, switches, registration, neighbors } = await withMachine();
    await registration.register(registering('leaf9'));
    // A request that sets a VRF at this moment does not know yet that the machine is at the new switch, too.
    neighbors.provide(async () => {
      await table.update('leaf1', (leaf) => withVrf(leaf, 'm1', 'vrf30'));
    });
    await expect(registration.migrate('leaf1', 'leaf9')).rejects.toMatchObject({ kind: 'conflict' });
    neighbors.provide(() => Promise.resolve());
    await registration.migrate('leaf1', 'leaf9');
    expect(vrfs(switches, 'leaf9')).toEqual([undefined, 'vrf30']);
  });

  it.each([
    ['', 'leaf2', 'malformed'],
    ['leaf1', 'leaf1', 'malformed'],
    ['ghost', 'leaf2', 'not-found'],
    ['leaf3', 'leaf1', 'malformed'],
    ['leaf1', 'small', 'invalid'],
    ['leaf1', 'elsewhere', 'malformed'],
  ])('refuses "%s" to "%s" with %s', async (from, to, kind) => {
    const { registration } = await withMachine();
    await registration.register(registering('leaf3'));
    await registration.register(registering('small', ['Ethernet0']));
    await registration.register(registering('elsewhere', undefined, { rackId: 'r2' }));
    await expect(registration.migrate(from, to)).rejects.toMatchObject({ kind });
  });
});
