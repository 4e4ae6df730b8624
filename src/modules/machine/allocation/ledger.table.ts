import { defineTable } from '../../../platform/store/table.js';
import type { Ledger } from './ledger.js';
import type { QuotaLedger } from './quota.js';

export const placementLedgerTable = defineTable<Ledger>()({ name: 'placementledger' });

export const quotaLedgerTable = defineTable<QuotaLedger>()({ name: 'quotaledger' });
