import { defineTable } from '../../../platform/store/table.js';
import type { PlacementLedger } from './placement-ledger.js';
import type { MachineQuotaLedger } from './machine-quota-ledger.js';

export const placementLedgerTable = defineTable<PlacementLedger>()({
  name: 'placementledger',
  absentTexts: ['entries.rackId'],
});

export const machineQuotaLedgerTable = defineTable<MachineQuotaLedger>()({ name: 'quotaledger' });
