import { defineTable } from '../../platform/store/table.js';
import type { Partition } from './partition.js';

export const partitionTable = defineTable<Partition>()({ name: 'partition' });
