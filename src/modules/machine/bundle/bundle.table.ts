import { defineTable } from '../../../platform/store/table.js';
import type { Bundle } from './bundle.js';

export const bundleTable = defineTable<Bundle>()({
  name: 'allocationbundle',
  indexes: { execution: (bundle) => bundle.execution, entry: (bundle) => bundle.entry },
});

export type BundleIndex = keyof typeof bundleTable.indexes;
