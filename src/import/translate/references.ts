import type { Content } from '../../shared/document.js';
import type { Image } from '../../modules/image/image.js';
import type { Machine } from '../../modules/machine/machine.js';
import type { Network } from '../../modules/network/network.js';
import type { SizeImageConstraint } from '../../modules/size-image-constraint/size-image-constraint.js';
import type { SizeReservation } from '../../modules/size/size-reservation.js';
import { UNKNOWN_SIZE, type Size } from '../../modules/size/size.js';
import type { Partition } from '../../modules/partition/partition.js';
import { identityOf, type Switch } from '../../modules/switch/switch.js';
import type { Notes } from '../notes.js';

/** The documents whose references are compared. */
export interface ImportedCatalog {
  readonly partitions: readonly Content<Partition>[];
  readonly sizes: readonly Content<Size>[];
  readonly reservations: readonly Content<SizeReservation>[];
  readonly constraints: readonly Content<SizeImageConstraint>[];
  readonly images: readonly Content<Image>[];
  readonly networks: readonly Content<Network>[];
  readonly machines: readonly Content<Machine>[];
  readonly switches: readonly Content<Switch>[];
}

const idsOf = (documents: readonly { readonly id: string }[]): ReadonlySet<string> =>
  new Set(documents.map(({ id }) => id));

/** Names every reference to what does not exist, but for projects and IPs, which are looked at elsewhere. */
export function checkReferences(catalog: ImportedCatalog, notes: Notes): void {
  const [partitions, sizes, images] = [idsOf(catalog.partitions), idsOf(catalog.sizes), idsOf(catalog.images)];
  const wanted = (user: string, kind: string, id: string | undefined, known: ReadonlySet<string>): void => {
    if (id && !known.has(id)) notes.inconsistent('unknown-reference', [user, `${kind} ${id}`], `${kind} "${id}"`);
  };
  for (const { id, partitionId, sizeId, allocation } of catalog.machines) {
    wanted(`machine ${id}`, 'partition', partitionId, partitions);
    if (sizeId !== UNKNOWN_SIZE.id) wanted(`machine ${id}`, 'size', sizeId, sizes);
    wanted(`machine ${id}`, 'image', allocation?.imageId, images);
  }
  for (const { id, partitionId } of catalog.switches) wanted(`switch ${id}`, 'partition', partitionId, partitions);
  for (const { id, partitionId } of catalog.networks) wanted(`network ${id}`, 'partition', partitionId, partitions);
  for (const { id, sizeId, partitionIds } of catalog.reservations) {
    wanted(`size reservation ${id}`, 'size', sizeId, sizes);
    for (const partition of partitionIds) wanted(`size reservation ${id}`, 'partition', partition, partitions);
  }
  for (const { id } of catalog.constraints) wanted(`size image constraint ${id}`, 'size', id, sizes);
  checkParents(catalog.networks, notes);
  checkMemberships(catalog, notes);
  checkConnections(catalog, notes);
}

function checkParents(networks: readonly Content<Network>[], notes: Notes): void {
  const supers = idsOf(networks.filter(({ privateSuper }) => privateSuper));
  for (const { id, parentNetworkId } of networks) {
    if (parentNetworkId && !supers.has(parentNetworkId))
      notes.inconsistent(
        'network-unknown-parent',
        [`network ${id}`, `network ${parentNetworkId}`],
        `parent "${parentNetworkId}"`,
      );
  }
}

function checkMemberships({ machines, networks }: ImportedCatalog, notes: Notes): void {
  const known = idsOf(networks);
  for (const { id, allocation } of machines) {
    for (const { networkId } of allocation?.networks ?? []) {
      const ids = [`machine ${id}`, `network ${networkId}`];
      if (!known.has(networkId)) notes.inconsistent('allocation-unknown-network', ids, `network "${networkId}"`);
    }
  }
}

function checkConnections({ switches, machines }: ImportedCatalog, notes: Notes): void {
  const known = idsOf(machines);
  for (const { id, nics, connections } of switches) {
    const ports = new Set(nics.map(identityOf));
    for (const { machineId, port } of connections) {
      const ids = [`switch ${id}`, `port ${port}`, `machine ${machineId}`];
      if (!known.has(machineId)) notes.inconsistent('switch-unknown-machine', ids, `port ${port}`);
      if (!ports.has(port)) notes.inconsistent('switch-unknown-port', ids, `port ${port}`);
    }
  }
}
