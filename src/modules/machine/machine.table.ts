import { defineTable } from '../../platform/store/table.js';
import { canonicalMac, canonicalUuid } from '../../shared/spelling.js';
import { isCandidate, ownerOf } from './machine.js';
import type { Bmc, Machine } from './machine.js';

/** Key of the index `candidate`. */
export const candidateKey = (partitionId: string, sizeId: string): string => `${partitionId}\u0000${sizeId}`;

/** Key of the index `owned`. */
export const ownedKey = (partitionId: string, sizeId: string, project: string): string =>
  `${candidateKey(partitionId, sizeId)}\u0000${project}`;

/** Indexed after what clients ask for most (reference/10 §8) and after what allocation needs. */
export const machineTable = defineTable<Machine>()({
  name: 'machine',
  secrets: ['allocation.userData', 'allocation.consolePassword', 'allocation.vpn.authKey'],
  indexes: {
    partition: (machine) => machine.partitionId,
    size: (machine) => machine.sizeId,
    network: (machine) => machine.allocation?.networks.map(({ networkId }) => networkId),
    rack: (machine) => machine.rackId || undefined,
    project: (machine) => machine.allocation?.project,
    allocation: (machine) => machine.allocation?.uuid ?? machine.claim?.allocation,
    hostname: (machine) => machine.allocation?.hostname,
    image: (machine) => machine.allocation?.imageId,
    tag: (machine) => machine.tags,
    mac: (machine) => machine.hardware.nics.map((nic) => canonicalMac(nic.mac)),
    /** Machines that were stored under another spelling of their UUID than today's, by that. */
    spelling: ({ id }) => (canonicalUuid(id) === id ? undefined : canonicalUuid(id)),
    candidate: (machine) => (isCandidate(machine) ? candidateKey(machine.partitionId, machine.sizeId) : undefined),
    owned: (machine) => {
      const owner = ownerOf(machine);
      return owner && ownedKey(machine.partitionId, machine.sizeId, owner.project);
    },
    /** Allocated by, or claimed for, the project. */
    owner: (machine) => ownerOf(machine)?.project,
    /** Claims and releases under way, for the sweeper. */
    unfinished: (machine) => (machine.claim || machine.release ? 'yes' : undefined),
  },
});

/** One document for each machine whose BMC is known. */
export const bmcTable = defineTable<Bmc>()({
  name: 'bmc',
  secrets: ['password'],
  indexes: { address: (bmc) => bmc.address || undefined },
});
