import { IDENTITY_TABLE } from '../../platform/store/installation/identity.js';
import type { Engine } from '../../platform/store/engine.js';
import { DomainError } from '../../shared/errors/domain-error.js';

/** That a database is the result of an import; stored next to the identity of the database. */
export interface ImportRecord {
  readonly id: string;
  /** `running` until the last document is written. */
  readonly state: 'running' | 'done';
  readonly started: string;
  readonly finished?: string;
  /** Names of the sources, without passwords. */
  readonly sources: readonly string[];
}

const ID = 'import';

export const readRecord = async (engine: Engine): Promise<ImportRecord | undefined> =>
  (await engine.read(IDENTITY_TABLE, ID)).current as ImportRecord | undefined;

/** Replaces the record. Throws `conflict` when another import does so at the same time. */
export async function writeRecord(engine: Engine, content: Omit<ImportRecord, 'id'>): Promise<void> {
  const { current, revision } = await engine.read(IDENTITY_TABLE, ID);
  const record = { ...content, id: ID };
  const outcome = await (current === undefined
    ? engine.insert(IDENTITY_TABLE, record)
    : engine.replace(IDENTITY_TABLE, record, revision));
  if (!outcome.ok) throw new DomainError('conflict', 'another import into this database is under way');
}
