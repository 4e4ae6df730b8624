import { apiTokenTable } from '../../platform/auth/token/api-token.table.js';
import { jobClaimTable } from '../../platform/jobs/job-claim.table.js';
import type { IndexKeys } from '../../platform/store/table.js';
import { commandTable } from '../../modules/command/command.table.js';
import { filesystemLayoutTable } from '../../modules/filesystem-layout/filesystem-layout.table.js';
import { imageTable } from '../../modules/image/image.table.js';
import { ipTable } from '../../modules/ip/ip.table.js';
import { childLedgerTable, prefixLedgerTable } from '../../modules/ipam/ipam.table.js';
import {
  placementLedgerTable,
  machineQuotaLedgerTable,
} from '../../modules/machine/allocation/allocation-ledgers.table.js';
import { bundleTable } from '../../modules/machine/bundle/bundle.table.js';
import { waitEntryTable } from '../../modules/machine/waiting-list/wait-entry.table.js';
import { eventTable } from '../../modules/machine/event/event.table.js';
import { bmcTable, machineTable } from '../../modules/machine/machine.table.js';
import { networkTable } from '../../modules/network/network.table.js';
import { partitionTable } from '../../modules/partition/partition.table.js';
import { asnTable, vrfTable } from '../../modules/pool/pool.table.js';
import { projectQuotaLedgerTable, projectTable } from '../../modules/project/project.table.js';
import { replicaTable } from '../../modules/replica/replica.table.js';
import { sizeImageConstraintTable } from '../../modules/size-image-constraint/size-image-constraint.table.js';
import { sizeReservationTable } from '../../modules/size/size-reservation.table.js';
import { sizeTable } from '../../modules/size/size.table.js';
import { switchStatusTable, switchTable } from '../../modules/switch/switch.table.js';
import { tenantTable } from '../../modules/tenant/tenant.table.js';

interface AnyTable {
  readonly name: string;
  readonly indexes: Readonly<Record<string, IndexKeys<never>>>;
  readonly secrets?: readonly string[];
}

/** What an import writes, in this order: owners before what they own. */
export const IMPORTED: readonly AnyTable[] = [
  ...[tenantTable, projectTable, partitionTable, sizeTable, sizeReservationTable, sizeImageConstraintTable],
  ...[imageTable, filesystemLayoutTable, networkTable, vrfTable, prefixLedgerTable, childLedgerTable],
  ...[machineTable, bmcTable, asnTable, ipTable, eventTable, switchTable, switchStatusTable],
];

/** What servers note of work under way: nothing of it outlives an import. */
export const WORK: readonly AnyTable[] = [
  commandTable,
  placementLedgerTable,
  machineQuotaLedgerTable,
  projectQuotaLedgerTable,
  bundleTable,
  waitEntryTable,
];

/** What only a server writes: its traces say that a target has been in use. */
export const TRACES: readonly AnyTable[] = [...WORK, jobClaimTable, apiTokenTable];

/** Servers that are running. */
export const REPLICAS: AnyTable = replicaTable;
