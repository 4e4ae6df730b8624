import { defineTable } from '../../../platform/store/table.js';
import { isOpen, queuesOf } from './wait-entry.js';
import type { WaitEntry } from './wait-entry.js';

export const waitEntryTable = defineTable<WaitEntry>()({
  name: 'allocationwait',
  secrets: ['request'],
  indexes: {
    /** Open entries. */
    open: (entry) => (isOpen(entry) ? 'yes' : undefined),
    /** Open entries, by size in a partition. */
    queue: (entry) => (isOpen(entry) ? queuesOf(entry) : undefined),
    /** Open entries, by project. */
    project: (entry) => (isOpen(entry) ? entry.projects : undefined),
  },
});

export type WaitEntryIndex = keyof typeof waitEntryTable.indexes;
