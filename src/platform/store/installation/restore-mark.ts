import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Engine } from '../engine.js';
import { IDENTITY_TABLE } from './identity.js';

/** The document that marks a database into which a backup is being restored, next to its identity. */
export const RESTORE_ID = 'restore';

/** Throws `unavailable` if the database is marked: it may lack anything. */
export async function refuseUnfinishedRestore(engine: Engine): Promise<void> {
  const { current } = await engine.read(IDENTITY_TABLE, RESTORE_ID);
  if (current === undefined) return;
  throw new DomainError(
    'unavailable',
    'a backup is being restored into the database, or was until the restore was interrupted: ' +
      'wait, or run "metal-api restore FILE" again',
  );
}
