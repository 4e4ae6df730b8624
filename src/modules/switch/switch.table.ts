import { defineTable } from '../../platform/store/table.js';
import type { Switch, SwitchStatus } from './switch.js';

export const switchTable = defineTable<Switch>()({
  name: 'switch',
  absentTexts: ['mode', 'nics.vrf'],
  indexes: {
    partition: (leaf) => leaf.partitionId,
    rack: (leaf) => leaf.rackId,
    machine: (leaf) => [...new Set(leaf.connections.map(({ machineId }) => machineId))],
  },
});

export type SwitchIndex = 'partition' | 'rack' | 'machine';

export const switchStatusTable = defineTable<SwitchStatus>()({ name: 'switchstatus' });
