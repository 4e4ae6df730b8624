import type { Migration } from '../src/platform/store/migration/migration.js';
import { tables } from './0001-tables.js';
import { projectLedger } from './0002-project-ledger.js';
import { encryption } from './0003-encryption.js';
import { installation } from './0004-installation.js';
import { signaturesAndReplicas } from './0005-signatures-and-replicas.js';
import { idempotencyKeys } from './0006-idempotency-keys.js';
import { allocationBundles } from './0007-allocation-bundles.js';
import { waitingList } from './0008-waiting-list.js';

/** All migrations in ascending order of version. A new migration gets the next number and is appended. */
export const migrations: readonly Migration[] = [
  tables,
  projectLedger,
  encryption,
  installation,
  signaturesAndReplicas,
  idempotencyKeys,
  allocationBundles,
  waitingList,
];
