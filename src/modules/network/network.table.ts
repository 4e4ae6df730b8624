import { defineTable } from '../../platform/store/table.js';
import type { Network } from './network.js';

export const networkTable = defineTable<Network>()({
  name: 'network',
  absentTexts: ['partitionId', 'projectId', 'parentNetworkId'],
  indexes: {
    partition: (network) => network.partitionId,
    project: (network) => network.projectId,
    parent: (network) => network.parentNetworkId,
    prefix: (network) => network.prefixes,
    label: (network) => Object.keys(network.labels),
    /** Active private super networks and underlays, by partition. */
    super: (network) => (network.privateSuper && network.status === 'active' ? network.partitionId : undefined),
    underlay: (network) => (network.underlay && network.status === 'active' ? network.partitionId : undefined),
    /** For the sweeper. */
    unfinished: (network) => (network.status === 'active' ? undefined : 'yes'),
  },
});

export type NetworkIndex = keyof typeof networkTable.indexes;
