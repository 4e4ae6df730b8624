import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fsck } from '../../src/cli/fsck.js';
import type { FsckReportDto } from '../../src/modules/fsck/fsck.dto.js';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import { childLedgerTable, RESERVATION_LEDGER, prefixLedgerTable } from '../../src/modules/ipam/ipam.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { networkTable } from '../../src/modules/network/network.table.js';
import { asnTable, vrfTable } from '../../src/modules/pool/pool.table.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { errorOf, startTestApp, testConfig, type TestApp } from '../support/app.js';
import { describeOnDatabases } from '../support/databases.js';
import { tableOf } from '../support/machines.js';
import { membership, type MachineAnswer } from '../support/mep5/answers.js';
import { leafPorts, plantLeaves } from '../support/mep5/leaves.js';
import { Scene } from '../support/mep5/scene.js';
import type { Tables } from '../support/seed.js';

/** In the future: the machine sweepers would repair older leftovers, however fast the test is. */
const ACQUIRED = new Date(Date.now() + 3_600_000).toISOString();
const attachment = { machineId: 'm', allocation: 'lost', acquired: true, at: ACQUIRED };

describe('fsck', { shuffle: false }, () => {
  let server: TestApp;
  let scene: Scene;
  let firewall: MachineAnswer;
  const tables: Tables = (definition) => tableOf(server, definition);
  const command = (...args: string[]) => fsck([...args, '--url', `${server.url}/metal/`], () => server.config);
  const check = (): Promise<FsckReportDto> => scene.viewer.get('fsck');
  const found = async (): Promise<string[]> => (await check()).findings.map(({ invariant }) => invariant);

  beforeAll(async () => {
    server = await startTestApp({ METAL_API_BASE_PATH: '/metal/' });
    scene = await Scene.install(`${server.url}/metal/`, tables);
    await plantLeaves(scene);
    firewall = await scene.firewall('A', [scene.net.NA, 'INET', scene.net.ST]);
    await scene.machine('STOR', [scene.net.ST]);
  });
  afterAll(() => server.close());

  it('finds nothing in a consistent database', async () => {
    expect(await check()).toMatchObject({ consistent: true, findings: [], examined: { networks: 11, asns: 2 } });
    const { out, done } = await command();
    expect([out, done]).toEqual([expect.stringContaining('0 violations in 11 networks'), true]);
  });

  it('responds to viewers, and repairs for admins only', async () => {
    await server.as('nobody').get('/metal/fsck').expect(403);
    await server.as('editor').post('/metal/fsck/repair').expect(403);
    await expect(fsck(['--yes'])).rejects.toThrow('--repair');
    await expect(fsck(['--url', 'x', '--offline'])).rejects.toThrow('--offline');
  });

  /** Each case damages one thing; fsck reports it, and repairs it without touching anything else. */
  const cases: [string, string[], () => Promise<unknown>][] = [
    [
      'a prefix that remained reserved after an interrupted update',
      ['network-reservation'],
      () =>
        tables(prefixLedgerTable).update(RESERVATION_LEDGER, (ledger) => ({
          ...ledger,
          reservations: ledger.reservations.map((one) =>
            one.owner === 'INET' ? { ...one, prefixes: [...one.prefixes, '198.18.0.0/24'] } : one,
          ),
        })),
    ],
    [
      'a reservation without a network',
      ['network-reservation'],
      () =>
        tables(prefixLedgerTable).update(RESERVATION_LEDGER, (ledger) => ({
          ...ledger,
          reservations: [...ledger.reservations, { owner: 'gone', prefixes: ['198.18.1.0/24'], roles: [] }],
        })),
    ],
    [
      'a block of a super network that belongs to no child',
      ['child-ledger'],
      () =>
        tables(childLedgerTable).update('S1', (ledger) => ({
          ...ledger,
          spaces: ledger.spaces.map(({ prefix, free, children }) => ({
            prefix,
            free: free.slice(1),
            children: children + 1,
          })),
        })),
    ],
    [
      'a journal entry of a network that was never created',
      ['child-ledger'],
      () =>
        tables(childLedgerTable).update('S2', (ledger) => {
          const [space] = ledger.spaces;
          const [first] = space!.free;
          const entry = { owner: 'gone', what: 'taken' as const, prefixes: [first!], at: ACQUIRED };
          const spaces = [{ ...space!, free: space!.free.slice(1), children: space!.children + 1 }];
          return { ...ledger, spaces, journal: [...ledger.journal, entry] };
        }),
    ],
    [
      'a super network whose ledger is closed',
      ['child-ledger'],
      () => tables(childLedgerTable).update('S3', (ledger) => ({ ...ledger, closed: true })),
    ],
    [
      'a VRF without an owner',
      ['vrf-owners'],
      () => tables(vrfTable).insert({ id: '4711', owners: ['gone'], acquired: ACQUIRED }),
    ],
    ['a network that does not own its VRF', ['vrf-owned'], () => tables(vrfTable).remove('104009')],
    [
      'an ASN without an owner',
      ['asn-owners'],
      () => tables(asnTable).insert({ id: '4711', owners: ['gone'], acquired: ACQUIRED }),
    ],
    [
      'an allocation that does not own its ASN',
      ['asn-owned'],
      () => tables(asnTable).remove(String(membership(firewall, 'INET').asn - 4210000000)),
    ],
    [
      'an address that outlived its network',
      ['address-network'],
      async () => {
        const { ipaddress } = await scene.staticIp('A', scene.net.NA);
        await tables(ipTable).update(ipaddress, (ip) => ({ ...ip, networkId: 'gone', prefix: '192.0.2.0/24' }));
      },
    ],
    [
      'an address that is attached to an unknown allocation',
      ['address-attachment'],
      async () => {
        const { ipaddress } = await scene.staticIp('A', scene.net.ST);
        await tables(ipTable).update(ipaddress, (ip) => ({ ...ip, attachments: [attachment] }));
      },
    ],
    [
      'an address with the tag of an unknown machine',
      ['address-tag'],
      () =>
        scene.editor.post('v1/ip/allocate', { networkid: 'INET', projectid: scene.project.A, machineid: 'no-machine' }),
    ],
    [
      'a connection of an unknown machine',
      ['port-connections'],
      () =>
        tables(switchTable).update('leaf01', (leaf) => ({
          ...leaf,
          nics: [...leaf.nics, { ...leaf.nics[0]!, name: 'spare', identifier: 'spare' }],
          connections: [...leaf.connections, { machineId: 'no-machine', port: 'spare' }],
        })),
    ],
    [
      'ports that machines have left',
      ['port-vrf', 'port-vrf'],
      () =>
        tables(switchTable).update('leaf01', (leaf) => ({
          ...leaf,
          nics: [
            ...leaf.nics,
            { ...leaf.nics[0]!, name: 'left', identifier: 'left', vrf: 'vrf99' },
            { ...leaf.nics[0]!, name: 'left too', identifier: '', mac: 'aa:99', vrf: 'default' },
          ],
        })),
    ],
    [
      'a port of a machine in the VRF of another tenant',
      ['port-vrf'],
      async () => {
        const leaf = [...tables(switchTable).list()].find(({ id }) => id === 'leaf02')!;
        const at = leaf.connections.find(({ machineId }) => machineId === firewall.id)!.port;
        const nics = leaf.nics.map((nic) => (nic.identifier === at ? { ...nic, vrf: 'vrf99' } : nic));
        await tables(switchTable).update('leaf02', (current) => ({ ...current, nics }));
      },
    ],
    [
      'a port without a machine in a VRF',
      ['port-vrf', 'port-vrf'],
      async () => {
        const free = [...tables(machineTable).by('partition', 'P1')].find(({ allocation }) => !allocation)!;
        for (const leaf of tables(switchTable).list()) {
          const at = leaf.connections.find(({ machineId }) => machineId === free.id)!.port;
          const nics = leaf.nics.map((nic) => (nic.identifier === at ? { ...nic, vrf: 'vrf99' } : nic));
          await tables(switchTable).update(leaf.id, (current) => ({ ...current, nics }));
        }
        expect((await leafPorts(scene, free)).map(({ vrf }) => vrf)).toEqual(['vrf99', 'vrf99']);
      },
    ],
  ];

  it.each(cases)('reports and repairs %s', async (_what, invariants, damage) => {
    await damage();
    expect(await found()).toEqual(invariants);
    const plan = await command('--repair');
    expect([plan.out, plan.done]).toEqual([expect.stringContaining('would be repaired'), false]);
    expect(await found()).toEqual(invariants);
    const { out, done } = await command('--repair', '--yes');
    expect([out, done]).toEqual([expect.stringContaining('repaired: '), true]);
    expect(await check()).toMatchObject({ consistent: true });
  });

  it('repairs in several requests when there is much to do, and says how far it is', async () => {
    const numbers = Array.from({ length: 20 }, (_, index) => String(5000 + index));
    const damage = () =>
      Promise.all(numbers.map((id) => tables(asnTable).insert({ id, owners: [`gone-${id}`], acquired: ACQUIRED })));
    await damage();
    const { body } = await server.as('admin').post('/metal/fsck/repair?limit=5').expect(200);
    const outcomes = (body as FsckReportDto).findings.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'repaired')).toHaveLength(5);
    expect(outcomes.filter((outcome) => /limit/.test(outcome!))).toHaveLength(15);
    expect(await found()).toHaveLength(15);
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const { out, done } = await command('--repair', '--yes');
      expect([out.match(/repaired: /g)?.length, done]).toEqual([15, true]);
      expect(written.mock.calls.join('')).toMatch(/repairing: 15 of 15 in \d+\.\d s/);
    } finally {
      written.mockRestore();
    }
    expect(await check()).toMatchObject({ consistent: true });
    const refused = await server.as('admin').post('/metal/fsck/repair?limit=none').expect(400);
    expect(errorOf(refused).message).toBe('query parameter "limit" must be a number from 1, got "none"');
  });

  it.each([
    [
      'two networks with one prefix',
      'network-prefixes',
      () => tables(networkTable).update(scene.net.NB, (network) => ({ ...network, prefixes: ['10.0.0.0/22'] })),
    ],
    [
      'an address of an allocation that is free',
      'allocation-addresses',
      () => tables(ipTable).remove(membership(firewall, scene.net.ST).ips[0]!),
    ],
  ])('leaves %s to an operator', async (_what, invariant, damage) => {
    await damage();
    const report = await command('--repair', '--yes', '--json');
    expect(report.done).toBe(false);
    expect((JSON.parse(report.out) as FsckReportDto).findings).toContainEqual(
      expect.objectContaining({ invariant, repair: null, outcome: 'an operator has to decide' }),
    );
  });
});

describeOnDatabases('fsck without server', ({ start }) => {
  it('opens the database itself', async () => {
    const database = await start();
    const { out, done } = await fsck(['--offline', '--repair', '--yes'], () => testConfig(database.variables));
    expect([out, done]).toEqual([
      '0 violations in 0 networks, 0 vrfs, 0 asns, 0 addresses, 0 machines, 0 switches',
      true,
    ]);
    await database.stop();
  });
});
