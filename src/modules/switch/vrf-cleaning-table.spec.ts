import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { leaf, neighbor, port, wired } from '../../../test/support/switches.js';
import { TrustingUrlProbe } from '../../platform/reachability/http-url-probe.js';
import { ManualClock } from '../../shared/clock.js';
import { PartitionReferences } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { partitionTable } from '../partition/partition.table.js';
import { VrfCleaningTable, withoutStaleVrfs } from './vrf-cleaning-table.js';
import { SwitchRegistrationService } from './switch-registration.service.js';
import { NeighborUpdater } from './switch.js';
import type { Switch } from './switch.js';
import { SwitchService } from './switch.service.js';
import { switchStatusTable, switchTable } from './switch.table.js';

const PORTS = ['Ethernet0', 'Ethernet4', 'Ethernet8'];

async function site() {
  const clock = new ManualClock();
  const references = new PartitionReferences();
  const partitions = new PartitionService(memoryTable(partitionTable), clock, references, new TrustingUrlProbe());
  await partitions.create('p1', {});
  await partitions.create('p2', {});
  const table = memoryTable(switchTable);
  const switches = new SwitchService(table, memoryTable(switchStatusTable), clock, references);
  const neighbors = new NeighborUpdater();
  neighbors.provide(async () => undefined);
  const registration = new SwitchRegistrationService(table, clock, switches, partitions, neighbors);
  for (const id of ['leaf1', 'leaf2']) await registration.register(leaf(id, PORTS));
  const vrfs = (id: string) => switches.get(id).nics.map(({ name, vrf }) => `${name}=${vrf ?? ''}`);
  return { table, switches, registration, vrfs };
}

const at = (id: string, name: string) => wired(id, neighbor('leaf1', name), neighbor('leaf2', name));

/** A site whose machine m1 is in VRF 30, at the second port of both leaves. */
async function siteInUse() {
  const parts = await site();
  await parts.switches.connect(at('m1', 'Ethernet4'));
  await parts.switches.setVrf('m1', 30);
  return parts;
}

const FREE = ['Ethernet0=', 'Ethernet4=', 'Ethernet8='];

describe('a port loses its VRF with its machine', () => {
  it('when the machine is plugged in elsewhere, in the same write', async () => {
    const { table, switches, vrfs } = await siteInUse();
    const writes: Switch[] = [];
    table.watch((change) => void (change.type === 'put' && writes.push(change.now)));
    await switches.connect(at('m1', 'Ethernet8'));
    expect([vrfs('leaf1'), vrfs('leaf2')]).toEqual([FREE, FREE]);
    expect(writes.map(({ id, revision }) => [id, revision])).toEqual([
      ['leaf1', switches.get('leaf1').revision],
      ['leaf2', switches.get('leaf2').revision],
    ]);
  });

  it('when one of several cables is pulled', async () => {
    const { switches, vrfs } = await site();
    const both = ['Ethernet0', 'Ethernet4'].flatMap((name) => [neighbor('leaf1', name), neighbor('leaf2', name)]);
    await switches.connect(wired('m1', ...both));
    await switches.setVrf('m1', 30);
    await switches.connect(at('m1', 'Ethernet4'));
    expect(vrfs('leaf1')).toEqual(['Ethernet0=', 'Ethernet4=vrf30', 'Ethernet8=']);
  });

  it('when the machine is removed', async () => {
    const { switches, vrfs } = await siteInUse();
    await switches.disconnect('m1');
    expect([vrfs('leaf1'), vrfs('leaf2')]).toEqual([FREE, FREE]);
  });

  it('when its switch is migrated away', async () => {
    const { registration, vrfs } = await siteInUse();
    await registration.register(leaf('leaf9', PORTS));
    await registration.migrate('leaf1', 'leaf9');
    expect(vrfs('leaf1')).toEqual(FREE);
    expect(vrfs('leaf9')).toEqual(['Ethernet0=', 'Ethernet4=vrf30', 'Ethernet8=']);
  });

  it('when its switch is replaced, and the twin had no machine there', async () => {
    const { table, switches, registration, vrfs } = await siteInUse();
    await table.update('leaf2', (twin) => ({
      ...twin,
      nics: twin.nics.map((nic) => (nic.name === 'Ethernet8' ? { ...nic, vrf: 'vrf31' } : nic)),
    }));
    await switches.update('leaf1', { mode: 'replace' });
    await registration.register(leaf('leaf1', [], { nics: PORTS.map((name) => port(name, { vrf: 'vrf32' })) }));
    expect(vrfs('leaf1')).toEqual(['Ethernet0=', 'Ethernet4=vrf30', 'Ethernet8=']);
  });

  it('when the switch registers again with a VRF that a port was left in', async () => {
    const { table, registration, vrfs } = await siteInUse();
    await table.update('leaf1', (stored) => ({ ...stored, connections: [] }));
    await registration.register(leaf('leaf1', PORTS));
    expect(vrfs('leaf1')).toEqual(FREE);
  });

  it('regardless of the VRFs that a new switch reports', async () => {
    const { registration } = await site();
    const nics = ['vrf30', 'default', 'vrf1', 'Vrf30', ' '].map((vrf, index) => port(`Ethernet${index}`, { vrf }));
    const { leaf: stored } = await registration.register(leaf('leaf5', [], { nics }));
    expect(stored.nics.every(({ vrf }) => vrf === undefined)).toBe(true);
  });

  it('when a machine is connected to a port that an older version left in a VRF', async () => {
    const { table, switches, vrfs } = await site();
    const dirty = (stored: Switch) => ({ ...stored, nics: stored.nics.map((nic) => ({ ...nic, vrf: 'vrf30' })) });
    for (const id of ['leaf1', 'leaf2']) await table.update(id, dirty);
    await switches.connect(at('m1', 'Ethernet4'));
    expect([vrfs('leaf1'), vrfs('leaf2')]).toEqual([FREE, FREE]);
  });
});

describe('a port keeps its VRF while its machine stays', () => {
  it.each([
    ['registers again', ({ switches }) => switches.connect(at('m1', 'Ethernet4'))],
    ['sees the same port at two cables', ({ switches }) => switches.connect(twice)],
    ['gets a neighbour', ({ switches }) => switches.connect(at('m2', 'Ethernet0'))],
    ['loses a neighbour', ({ switches }) => switches.disconnect('m2')],
    ['has its switch started anew', ({ registration }) => registration.register(leaf('leaf1', PORTS))],
    ['has a port of it switched', ({ switches }) => switches.setPort('leaf1', 'Ethernet0', 'DOWN')],
  ] as [string, (parts: Awaited<ReturnType<typeof siteInUse>>) => Promise<unknown>][])(
    'when it %s',
    async (_what, act) => {
      const parts = await siteInUse();
      await act(parts);
      const expected = ['Ethernet0=', 'Ethernet4=vrf30', 'Ethernet8='];
      expect([parts.vrfs('leaf1'), parts.vrfs('leaf2')]).toEqual([expected, expected]);
    },
  );

  const twice = wired('m1', ...[1, 2].flatMap(() => [neighbor('leaf1', 'Ethernet4'), neighbor('leaf2', 'Ethernet4')]));
});

describe('a machine that has moved', () => {
  it('must be deleted before it is connected in another partition', async () => {
    const { switches, registration } = await siteInUse();
    for (const id of ['far1', 'far2']) await registration.register(leaf(id, PORTS, { partitionId: 'p2' }));
    const moved = { ...wired('m1', neighbor('far1', 'Ethernet0'), neighbor('far2', 'Ethernet0')), partitionId: 'p2' };
    await expect(switches.connect(moved)).rejects.toThrow('no longer wired to switch "leaf1"');
    expect(switches.get('far1').connections).toEqual([]);
  });

  it('is rejected while it is connected in two partitions', async () => {
    const { switches, registration } = await siteInUse();
    await registration.register(leaf('far2', PORTS, { partitionId: 'p2' }));
    await switches.disconnect('m1');
    await switches.connect(at('m1', 'Ethernet4'));
    const half = wired(
      'm1',
      neighbor('leaf1', 'Ethernet4'),
      neighbor('leaf2', 'Ethernet4'),
      neighbor('far2', 'Ethernet4'),
    );
    await expect(switches.connect({ ...half, partitionId: 'p2' })).rejects.toMatchObject({ kind: 'invalid' });
  });
});

describe('resetting a port', () => {
  it('resets the port once, and leaves ports with a machine alone', async () => {
    const { table, switches, vrfs } = await siteInUse();
    await table.update('leaf1', (stored) => ({
      ...stored,
      nics: stored.nics.map((nic) => (nic.vrf === undefined ? { ...nic, vrf: 'vrf7' } : nic)),
    }));
    await switches.resetPort('leaf1', 'Ethernet4');
    await switches.resetPort('leaf1', 'Ethernet0');
    expect(vrfs('leaf1')).toEqual(['Ethernet0=', 'Ethernet4=vrf30', 'Ethernet8=']);
    const { revision } = switches.get('leaf1');
    for (const gone of ['Ethernet0', 'Ethernet99', '']) await switches.resetPort('leaf1', gone);
    await switches.resetPort('ghost', 'Ethernet0');
    expect(switches.get('leaf1').revision).toBe(revision);
  });
});

describe('the switch table of services', () => {
  it('rejects unconditional merges', async () => {
    await expect(new VrfCleaningTable(memoryTable(switchTable)).patchUnchecked()).rejects.toThrow('compare-and-set');
  });

  it('writes switches that need no repair unchanged', () => {
    const clean = leaf('leaf1', PORTS);
    expect(withoutStaleVrfs(clean)).toBe(clean);
  });

  it('is the only way in which this program writes switches', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
      .map((name) => [name, readFileSync(join('src', name), 'utf8')] as const);
    const injecting = files.filter(([, text]) => text.includes('InjectTable(switchTable)'));
    expect(injecting.map(([name]) => name).sort()).toEqual([
      'modules/switch/switch-registration.service.ts',
      'modules/switch/switch.service.ts',
    ]);
    for (const [, text] of injecting) expect(text.match(/new VrfCleaningTable\(/g)).toHaveLength(1);
  });
});
