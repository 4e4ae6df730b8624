import { defineTable } from '../../platform/store/table.js';
import { canonicalMac, canonicalUuid } from '../../shared/spelling.js';
import type { PartitionId, ProjectId, SizeId } from '../../shared/id.js';
import { isCandidate } from './candidate-rules.js';
import { machineOwner } from './machine.js';
import type { BmcRecord } from './bmc-record.js';
import type { Machine } from './machine.js';

/** Key of the index `candidate`. */
export const candidateKey = (partitionId: PartitionId, sizeId: SizeId): string => `${partitionId}\u0000${sizeId}`;

/** Key of the index `owned`. */
export const ownedKey = (partitionId: PartitionId, sizeId: SizeId, project: ProjectId): string =>
  `${candidateKey(partitionId, sizeId)}\u0000${project}`;

const candidateKeyOf = ({ partitionId, sizeId }: Machine): string | undefined =>
  partitionId !== undefined && sizeId !== undefined ? candidateKey(partitionId, sizeId) : undefined;

function ownedKeyOf(machine: Machine): string | undefined {
  const { partitionId, sizeId } = machine;
  const owner = machineOwner(machine);
  if (!owner || partitionId === undefined || sizeId === undefined) return undefined;
  return ownedKey(partitionId, sizeId, owner.project);
}

/** Indexes for the most frequent queries (docs/reference/machine-queries.md#matching) and for allocation. */
export const machineTable = defineTable<Machine>()({
  name: 'machine',
  secrets: [
    ...['allocation.userData', 'allocation.consolePassword', 'allocation.vpn.authKey'],
    ...['claim.prepared.userData', 'claim.prepared.consolePassword', 'claim.prepared.vpn.authKey'],
  ],
  absentTexts: [
    ...['partitionId', 'sizeId', 'rackId', 'release.allocation'],
    ...['allocation.networks.projectId', 'claim.prepared.networks.projectId'],
  ],
  indexes: {
    partition: (machine) => machine.partitionId,
    size: (machine) => machine.sizeId,
    network: (machine) => machine.allocation?.networks.map(({ networkId }) => networkId),
    rack: (machine) => machine.rackId,
    project: (machine) => machine.allocation?.project,
    allocation: (machine) => machine.allocation?.uuid ?? machine.claim?.allocation,
    hostname: (machine) => machine.allocation?.hostname,
    image: (machine) => machine.allocation?.imageId,
    tag: (machine) => machine.tags,
    mac: (machine) => machine.hardware.nics.map((nic) => canonicalMac(nic.mac)),
    /** Machines stored under a non-canonical spelling of their UUID, by the canonical one. */
    spelling: ({ id }) => (canonicalUuid(id) === id ? undefined : canonicalUuid(id)),
    candidate: (machine) => (isCandidate(machine) ? candidateKeyOf(machine) : undefined),
    owned: ownedKeyOf,
    /** By project: allocated machines and claimed ones. */
    owner: (machine) => machineOwner(machine)?.project,
    /** Claims and releases in progress, for the sweeper. */
    unfinished: (machine) => (machine.claim || machine.release ? 'yes' : undefined),
  },
});

/** One document per machine whose BMC is known. */
export const bmcTable = defineTable<BmcRecord>()({
  name: 'bmc',
  secrets: ['password'],
  indexes: { address: (bmc) => bmc.address || undefined },
});
