import { newChildLedger, settleJournal, acquireChildren } from '../../../src/modules/ipam/child-ledger.js';
import type { ChildLedger, PrefixReservation } from '../../../src/modules/ipam/ipam.js';
import { childLedgerTable, RESERVATION_LEDGER, prefixLedgerTable } from '../../../src/modules/ipam/ipam.table.js';
import type { Network } from '../../../src/modules/network/network.js';
import { rolesOf } from '../../../src/modules/network/network-prefixes.js';
import { networkTable } from '../../../src/modules/network/network.table.js';
import { vrfTable } from '../../../src/modules/pool/pool.table.js';
import { timestamp } from '../../../src/shared/clock.js';
import type { Content } from '../../../src/shared/document.js';
import { createEntity } from '../../../src/shared/entity.js';
import { contents, times } from './contents.js';
import type { Contents } from './contents.js';
import { CATALOG, networkName, partitionName, projectName, superName } from './names.js';

/** A private super network per partition, with one child network for each project of that partition. */
export function networks(projects: number, now: number): Contents[] {
  const supers = times(CATALOG, (partition) => superNetwork(partition, now));
  const children = times(projects + 1, (project) => projectNetwork(project, now));
  const reservations = supers.map((network): PrefixReservation => reservationOf(network));
  return [
    contents(networkTable, [...supers, ...children]),
    contents(prefixLedgerTable, [{ id: RESERVATION_LEDGER, reservations }]),
    contents(
      childLedgerTable,
      times(CATALOG, (partition) => childLedger(partition, projects, now)),
    ),
    contents(
      vrfTable,
      children.map(({ id, vrf }) => ({ id: String(vrf), owners: [id], acquired: timestamp(now) })),
    ),
  ];
}

/** Each project is in one partition: project 0 in partition 0, and so on, round robin. */
export const partitionOf = (project: number): number => project % CATALOG;

/** The VRF of the network of a project. */
export const vrfOf = (project: number): number => project + 1;

/** The network of a project. Its first 256 addresses are reserved for manual allocation. */
export const projectNetwork = (project: number, now: number): Content<Network> =>
  network(
    networkName(project),
    {
      partitionId: partitionName(partitionOf(project)),
      projectId: projectName(project),
      parentNetworkId: superName(partitionOf(project)),
      prefixes: [childPrefix(project)],
      vrf: vrfOf(project),
      defaultChildPrefixLength: undefined,
    },
    now,
  );

/** The address of a machine in the network of its project. */
export function addressIn(project: number, position: number): string {
  const host = 256 + position;
  return `10.${partitionOf(project)}.${childStart(project) + (host >> 8)}.${host & 255}`;
}

const CHILD_BITS = 21;
const childStart = (project: number): number => Math.floor(project / CATALOG) * 2 ** (24 - CHILD_BITS);
const childPrefix = (project: number): string => `10.${partitionOf(project)}.${childStart(project)}.0/${CHILD_BITS}`;

const superNetwork = (partition: number, now: number): Content<Network> =>
  network(
    superName(partition),
    {
      partitionId: partitionName(partition),
      prefixes: [`10.${partition}.0.0/16`],
      privateSuper: true,
      defaultChildPrefixLength: { IPv4: CHILD_BITS },
    },
    now,
  );

const network = (id: string, fields: Partial<Network>, now: number): Content<Network> =>
  createEntity<Network>(
    {
      id,
      name: id,
      description: '',
      prefixes: [],
      destinationPrefixes: [],
      defaultChildPrefixLength: {},
      partitionId: undefined,
      projectId: undefined,
      parentNetworkId: undefined,
      vrf: 0,
      labels: {},
      additionalAnnouncableCidrs: [],
      privateSuper: false,
      underlay: false,
      shared: false,
      nat: false,
      status: 'active',
      deadline: undefined,
      ...fields,
    },
    timestamp(now),
  );

function reservationOf(network: Content<Network>): PrefixReservation {
  const { id, prefixes } = network as Network;
  return { owner: id, prefixes, roles: rolesOf(network) };
}

function childLedger(partition: number, projects: number, now: number): Content<ChildLedger> {
  const empty = newChildLedger(superName(partition), [`10.${partition}.0.0/16`]);
  let ledger: ChildLedger = { ...empty, revision: 0 };
  for (let project = partition; project <= projects; project += CATALOG)
    ledger = acquireChildren(ledger, networkName(project), [{ family: 'IPv4', bits: CHILD_BITS }], now);
  return settleJournal(ledger, () => 'active', now);
}
