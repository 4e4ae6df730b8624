import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import type { IpAddress } from '../../src/modules/ip/ip.js';
import { toIpResponse } from '../../src/modules/ip/ip.mapper.js';
import { usageOf } from '../../src/modules/ipam/ipam.js';
import { identifyImage } from '../../src/modules/image/image.js';
import type { Image } from '../../src/modules/image/image.js';
import { imageTable } from '../../src/modules/image/image.table.js';
import { childLedgerTable } from '../../src/modules/ipam/ipam.table.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { newEventContainer } from '../../src/modules/machine/event/provisioning-event.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import type { MachineNetwork } from '../../src/modules/network/machine-networks.js';
import type { Network } from '../../src/modules/network/network.js';
import { toNetworkResponse } from '../../src/modules/network/network.mapper.js';
import { networkTable } from '../../src/modules/network/network.table.js';
import { partitionTable } from '../../src/modules/partition/partition.table.js';
import type { Partition } from '../../src/modules/partition/partition.js';
import type { Project } from '../../src/modules/project/project.js';
import { projectTable } from '../../src/modules/project/project.table.js';
import type { Size } from '../../src/modules/size/size.js';
import { sizeTable } from '../../src/modules/size/size.table.js';
import { createMasterData } from '../../src/modules/tenant/tenant.js';
import { identityOf } from '../../src/modules/switch/switch.js';
import type { Switch } from '../../src/modules/switch/switch.js';
import { switchAnswer } from '../../src/modules/switch/switch.mapper.js';
import { switchStatusTable, switchTable } from '../../src/modules/switch/switch.table.js';
import type { Document, Table } from '../../src/platform/store/table.js';
import { byId } from '../../src/shared/entity.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import type { SavedState } from '../../src/platform/store/saved-state.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { expectedPortFilter } from '../support/expected-port-filter.js';
import { HeldFeed } from '../support/held-feed.js';
import { plantedAllocation, tableOf } from '../support/machines.js';
import { port } from '../support/switches.js';
import { newMachine } from '../../src/modules/machine/machine.js';

const NOW = '2026-01-01T00:00:00.000Z';
const RUNS = Number(process.env['RANDOM_RUNS'] ?? 60);

const feed = new HeldFeed(new MemoryEngine());
let server: TestApp;

beforeAll(async () => {
  server = await startTestApp({}, { engine: feed.engine });
});
afterAll(() => server.close());

const tables = () => ({
  switches: tableOf(server, switchTable),
  statuses: tableOf(server, switchStatusTable),
  partitions: tableOf(server, partitionTable),
  machines: tableOf(server, machineTable),
  networks: tableOf(server, networkTable),
  ledgers: tableOf(server, childLedgerTable),
  ips: tableOf(server, ipTable),
  events: tableOf(server, eventTable),
  images: tableOf(server, imageTable),
  sizes: tableOf(server, sizeTable),
  projects: tableOf(server, projectTable),
});

/** Everything is copied, so that nothing memoized by identity is found. */
const copies = <T extends Document>(table: Table<T>): T[] => structuredClone([...table.list()]).sort(byId);

/** The response of `GET /v1/switch`, built from the documents alone. */
function freshSwitches(): string {
  const { switches, statuses, partitions, machines, networks, ips } = tables();
  const view = (leaf: Switch) => {
    const vrfs = new Map(leaf.nics.map((nic) => [identityOf(nic), nic.vrf]));
    const filters = leaf.connections.map(({ machineId, port: at }) => {
      const { allocation } = structuredClone(machines.get(machineId)) ?? {};
      return (
        allocation &&
        expectedPortFilter(vrfs.get(at), allocation, {
          additionalCidrs: (id) => [
            ...(networks.get(networks.get(id)?.parentNetworkId ?? '')?.additionalAnnouncableCidrs ?? []),
          ],
          projectIps: (project) => copies(ips).flatMap((ip) => (ip.projectId === project ? [ip.id] : [])),
        })
      );
    });
    const partition = structuredClone(partitions.get(leaf.partitionId));
    return { leaf, partition, status: structuredClone(statuses.get(leaf.id)), filters };
  };
  return JSON.stringify(copies(switches).map((leaf) => switchAnswer(view(leaf))));
}

/** The response of `GET /v1/network`, built from the documents alone. */
function freshNetworks(): string {
  const { networks, ledgers, ips } = tables();
  const taken = (prefix: string): number => copies(ips).filter((ip) => ip.prefix === prefix).length;
  return JSON.stringify(
    copies(networks).map((network) => {
      const ledger = structuredClone(ledgers.get(network.id));
      return toNetworkResponse(network, { IPv4: usageOf(network.prefixes[0]!, taken(network.prefixes[0]!), ledger) });
    }),
  );
}

const freshIps = (): string => JSON.stringify(copies(tables().ips).map(toIpResponse));

const text = async (path: string): Promise<string> => (await server.as('admin').get(path).expect(200)).text;

/** Compares the other lists with searches, which look at every object. */
async function expectFound(): Promise<void> {
  for (const kind of ['machine', 'firewall', 'image', 'project']) {
    const found = await server.as('admin').post(`/v1/${kind}/find`).send({}).expect(200);
    expect(await text(`/v1/${kind}`), kind).toBe(found.text);
  }
}

/** Compares machines one by one with the search, which looks at every object. */
async function expectMachines(): Promise<void> {
  const found = await server.as('admin').post('/v1/machine/find').send({}).expect(200);
  for (const machine of found.body as readonly { readonly id: string }[]) {
    expect(JSON.parse(await text(`/v1/machine/${machine.id}`))).toEqual(machine);
  }
}

/** Stores the document, whatever its previous state. */
const put = async <T extends Document>(table: Table<T>, content: Omit<T, 'revision'> & { id: string }): Promise<void> =>
  void (await table.upsert(content.id, () => content));

const NETWORKS = ['n1', 'n2'];
const PROJECTS = ['p1', 'p2'];
const common = { name: '', description: '', created: NOW, changed: NOW };

const network = (id: string, fields: Partial<Network>): Omit<Network, 'revision'> => ({
  ...{ id, ...common, prefixes: [], destinationPrefixes: [], defaultChildPrefixLength: {}, partitionId: 'fra' },
  ...{
    projectId: undefined,
    parentNetworkId: undefined,
    vrf: 0,
    labels: {},
    additionalAnnouncableCidrs: [],
    privateSuper: false,
  },
  ...{ underlay: false, shared: false, nat: false, status: 'active', deadline: undefined },
  ...fields,
});

const membership = (networkId: string): MachineNetwork => ({
  ...{ networkId, type: 'privateprimaryunshared', prefixes: [`10.0.${networkId === 'n1' ? 0 : 1}.0/24`] },
  ...{ ips: [], destinationPrefixes: [], vrf: 1, asn: 1, nat: false, projectId: 'p1' },
  ...{ networkType: 'child', natType: 'none' },
});

type Step = () => Promise<unknown>;

/** The tables that responses are made of; a database may lose the latest writes of each. */
const SOURCES = [
  ...[switchTable, switchStatusTable, partitionTable, machineTable, networkTable, childLedgerTable, ipTable],
  ...[eventTable, imageTable, sizeTable, projectTable],
];
const saved = new Map<string, readonly SavedState[]>();

const few = (most: number) => fc.integer({ min: 0, max: most });
const cidr = few(3).map((number) => `10.240.${number}.0/24`);

/** Changes of everything that a response shows or depends on. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(few(2), fc.constantFrom(...NETWORKS), fc.constantFrom(...PROJECTS), fc.boolean()).map(
    ([number, at, project, isFirewall]) =>
      () =>
        put(tables().machines, {
          ...newMachine(`m${number}`, NOW),
          ...{ partitionId: 'fra', sizeId: 'c1' },
          allocation: plantedAllocation({
            project,
            imageId: 'ubuntu-1.0.0',
            role: isFirewall ? 'firewall' : 'machine',
            networks: [membership(at)],
          }),
        }),
  ),
  few(2).map((number) => () => put(tables().machines, newMachine(`m${number}`, NOW))),
  few(2).map((number) => () => tables().machines.remove(`m${number}`)),
  fc.tuple(few(2), few(3)).map(
    ([number, minute]) =>
      () =>
        put(tables().events, newEventContainer(`m${number}`, `2026-01-01T00:0${minute}:00.000Z`)),
  ),
  few(3).map((name) => () => put<Image>(tables().images, image(String(name)))),
  few(3).map(
    (name) => () => put<Size>(tables().sizes, { id: 'c1', ...common, name: String(name), labels: {}, constraints: [] }),
  ),
  fc.tuple(fc.constantFrom(...PROJECTS), few(3)).map(
    ([id, name]) =>
      () =>
        put<Project>(tables().projects, createMasterData<Project>('Project', id, {}, project(String(name)), 0)),
  ),
  fc.tuple(few(20), fc.constantFrom(...PROJECTS), few(3), fc.constantFrom('inet', 'n1')).map(
    ([host, projectId, tag, networkId]) =>
      () =>
        put<IpAddress>(tables().ips, {
          ...{ id: `203.0.113.${host}`, ...common, allocationUuid: '', prefix: '203.0.113.0/24', networkId },
          ...{ projectId, type: 'static', tags: [`t${tag}`], attachments: [] },
        }),
  ),
  fc.constantFrom(...SOURCES).map((table) => async () => {
    feed.lose(table);
    feed.recover(table);
  }),
  fc.constantFrom(...SOURCES).map((table) => async () => saved.set(table.name, await feed.save(table))),
  fc.constantFrom(...SOURCES).map((table) => () => feed.goBack(table, saved.get(table.name) ?? [])),
  few(20).map((host) => () => tables().ips.remove(`203.0.113.${host}`)),
  fc
    .array(cidr, { maxLength: 2 })
    .map(
      (additionalAnnouncableCidrs) => () =>
        put<Network>(
          tables().networks,
          network('super', { prefixes: ['10.0.0.0/16'], privateSuper: true, additionalAnnouncableCidrs }),
        ),
    ),
  fc
    .constantFrom('super', '')
    .map(
      (parentNetworkId) => () =>
        put<Network>(tables().networks, network('n1', { prefixes: ['10.0.0.0/24'], parentNetworkId })),
    ),
  few(9).map(
    (children) => () =>
      put(tables().ledgers, {
        id: 'super',
        spaces: [{ prefix: '10.0.0.0/16', free: ['10.0.128.0/17'], children }],
        journal: [],
        closed: false,
      }),
  ),
  few(3).map((number) => () => put<Partition>(tables().partitions, partition(String(number)))),
  fc.constant(() => tables().partitions.remove('fra')),
  few(9).map(
    (duration) => () =>
      put(tables().statuses, { id: 'leaf', lastSync: { time: NOW, duration }, lastSyncError: undefined }),
  ),
  fc.tuple(fc.constantFrom('', 'default', 'vrf1'), fc.uniqueArray(few(2), { maxLength: 3 })).map(
    ([vrf, machines]) =>
      () =>
        put<Switch>(tables().switches, leaf(vrf, machines)),
  ),
);

const image = (name: string): Omit<Image, 'revision'> => ({
  ...{ id: 'ubuntu-1.0.0', ...common, name, url: '', features: ['machine'], classification: 'supported' },
  ...identifyImage('ubuntu-1.0.0'),
  expirationDate: NOW,
});

const project = (name: string) => ({ name, description: '', tenantId: 't', quotas: {} });

const partition = (name: string): Omit<Partition, 'revision'> => ({
  ...{ id: 'fra', ...common, name, mgmtServiceAddress: '', labels: {}, dnsServers: [], ntpServers: [] },
  ...{ bootConfiguration: { imageUrl: '', kernelUrl: '', commandLine: '' }, privateNetworkPrefixLength: 22 },
});

const leaf = (vrf: string, machines: readonly number[]): Omit<Switch, 'revision'> => ({
  ...{ id: 'leaf', ...common, rackId: 'r', partitionId: 'fra', mode: 'operational', os: undefined },
  ...{ managementIp: '', managementUser: '', consoleCommand: '' },
  nics: ['swp1', 'swp2', 'swp3'].map((name) => port(name, { vrf })),
  connections: machines.map((number, at) => ({ machineId: `m${number}`, port: `swp${at + 1}` })),
});

it('cached responses equal newly built ones, whatever changed a moment ago', { timeout: 120_000 }, async () => {
  const inet = network('inet', { prefixes: ['203.0.113.0/24'] });
  await put<Network>(tables().networks, inet);
  await put<Switch>(tables().switches, leaf('vrf1', [0, 1]));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      for (const change of steps) {
        await change();
        expect(await text('/v1/switch')).toBe(freshSwitches());
        expect(await text('/v1/network')).toBe(freshNetworks());
        expect(await text('/v1/ip')).toBe(freshIps());
        await expectMachines();
      }
      await expectFound();
    }),
    { numRuns: RUNS },
  );
});
