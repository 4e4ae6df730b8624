import { defineTable } from '../../platform/store/table.js';
import type { ChildLedger, PrefixLedger } from './ipam.js';

/** Holds one document, `RESERVATION_LEDGER`. */
export const prefixLedgerTable = defineTable<PrefixLedger>()({ name: 'prefixreservation' });

export const RESERVATION_LEDGER = 'root';

/** One document per private super network, with the network's id. */
export const childLedgerTable = defineTable<ChildLedger>()({ name: 'childprefix' });
