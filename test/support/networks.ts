import { ManualClock } from '../../src/shared/clock.js';
import { notFound } from '../../src/shared/errors/domain-error.js';
import type { Document, Table, TableDefinition } from '../../src/platform/store/table.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { IpService } from '../../src/modules/ip/ip.service.js';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import { IpamService } from '../../src/modules/ipam/ipam.service.js';
import { childLedgerTable, prefixLedgerTable } from '../../src/modules/ipam/ipam.table.js';
import { IpOwnerLookup, NetworkReferences, type Network } from '../../src/modules/network/network.js';
import { NetworkService } from '../../src/modules/network/network.service.js';
import { networkTable } from '../../src/modules/network/network.table.js';
import { PartitionReferences } from '../../src/modules/partition/partition.js';
import type { PartitionService } from '../../src/modules/partition/partition.service.js';
import { PoolService } from '../../src/modules/pool/pool.service.js';
import { asnTable, vrfTable } from '../../src/modules/pool/pool.table.js';
import { ProjectReferences } from '../../src/modules/project/project.js';
import type { ProjectService } from '../../src/modules/project/project.service.js';
import { memoryTable } from './store.js';

/** How the services access their tables. */
export type OpenTable = <T extends Document, I extends string>(definition: TableDefinition<T, I>) => Table<T, I>;

/** The networking services over a memory engine. Two over one engine are like two processes on one database. */
export function networkServices(engine = new MemoryEngine(), clock = new ManualClock()) {
  return { engine, ...networkServicesOn((definition) => memoryTable(definition, engine), clock) };
}

/** The networking services over any tables, with projects `stor`, `a`, `b` and partitions `p1` to `p3`. */
export function networkServicesOn(open: OpenTable, clock = new ManualClock()) {
  const tables = {
    networks: open(networkTable),
    ips: open(ipTable),
    reservations: open(prefixLedgerTable),
    children: open(childLedgerTable),
    vrfs: open(vrfTable),
    asns: open(asnTable),
  };
  const projects = known('project', ['stor', 'a', 'b']) as unknown as ProjectService;
  const partitions = known('partition', ['p1', 'p2', 'p3']) as unknown as PartitionService;
  const ipam = new IpamService(tables.reservations, tables.children, clock);
  const config = { pools: { vrfReserved: [], asnReserved: [] } };
  const pools = new PoolService(tables.vrfs, tables.asns, config, clock);
  const references = { networks: new NetworkReferences(), projects: new ProjectReferences() };
  const lookup = new IpOwnerLookup();
  lookup.provide(() => undefined);
  const networks = new NetworkService(
    tables.networks,
    ipam,
    pools,
    projects,
    partitions,
    lookup,
    references.networks,
    references.projects,
    new PartitionReferences(),
    clock,
  );
  const ips = new IpService(tables.ips, ipam, networks, projects, references.projects, lookup, clock);
  return { clock, tables, ipam, pools, networks, ips, references };
}

export type NetworkServices = ReturnType<typeof networkServices>;
export type NetworkServicesOn = ReturnType<typeof networkServicesOn>;

/** The networks of docs/reference/network-acceptance.md#acceptance-scenarios-for-networks, by their names there. */
export async function acceptanceNetworks({ networks }: NetworkServicesOn) {
  const superNetwork = (id: string, partitionId: string, prefix: string): Promise<Network> =>
    networks.create({
      id,
      partitionId,
      prefixes: [prefix],
      privateSuper: true,
      defaultChildPrefixLength: { IPv4: 22 },
    });
  const underlay = (id: string, partitionId: string, prefix: string): Promise<Network> =>
    networks.create({ id, partitionId, prefixes: [prefix], underlay: true });
  return {
    s1: await superNetwork('s1', 'p1', '10.0.0.0/16'),
    s2: await superNetwork('s2', 'p2', '10.64.0.0/16'),
    u1: await underlay('u1', 'p1', '10.128.0.0/24'),
    u2: await underlay('u2', 'p2', '10.129.0.0/24'),
    inet: await networks.create({
      id: 'inet',
      prefixes: ['203.0.113.0/24'],
      destinationPrefixes: ['0.0.0.0/0'],
      nat: true,
      vrf: 104009,
    }),
    na: await networks.allocate({ partitionId: 'p1', projectId: 'a' }),
    nb: await networks.allocate({ partitionId: 'p1', projectId: 'b' }),
    st: await networks.allocate({ partitionId: 'p1', projectId: 'stor', shared: true }),
    st2: await networks.allocate({ partitionId: 'p1', projectId: 'b', shared: true }),
    x2: await networks.allocate({ partitionId: 'p2', projectId: 'stor', shared: true }),
  };
}

/** A stub that knows only the existence of some IDs. */
function known(what: string, ids: readonly string[]) {
  const find = (id: string) => (ids.includes(id) ? { id } : undefined);
  const get = (id: string) => {
    if (!ids.includes(id)) throw notFound(what, id);
    return { id };
  };
  return { find, get };
}
