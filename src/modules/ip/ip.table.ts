import { defineTable } from '../../platform/store/table.js';
import type { IpAddress } from './ip.js';

export const ipTable = defineTable<IpAddress>()({
  name: 'ip',
  indexes: {
    network: (ip) => ip.networkId,
    project: (ip) => ip.projectId,
    tag: (ip) => ip.tags,
    /** UUIDs of the machine allocations that use the address. */
    allocation: (ip) => ip.attachments.map(({ allocation }) => allocation),
    uuid: (ip) => ip.allocationUuid,
    /** By bundle. */
    held: (ip) => ip.heldBy,
  },
});

export type IpIndex = keyof typeof ipTable.indexes;
