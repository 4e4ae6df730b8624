import { defineTable } from '../../platform/store/table.js';
import type { ReplicaRecord } from './replica.js';

export const replicaTable = defineTable<ReplicaRecord>()({ name: 'apireplica' });
