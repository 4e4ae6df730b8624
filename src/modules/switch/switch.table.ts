import { defineTable } from '../../platform/store/table.js';
import type { Switch, SwitchStatus } from './switch.js';

export const switchTable = defineTable<Switch>()({
  name: 'switch',
  absentTexts: ['mode', 'nics.vrf', 'rackId'],
  indexes: {
    partition: (leaf) => leaf.partitionId,
    machine: (leaf) => [...new Set(leaf.connections.map(({ machineId }) => machineId))],
  },
});

export type SwitchIndex = 'partition' | 'machine';

export const switchStatusTable = defineTable<SwitchStatus>()({ name: 'switchstatus' });
