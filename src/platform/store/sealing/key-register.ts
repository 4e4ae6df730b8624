import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Engine, WriteOutcome } from '../engine.js';
import type { Document } from '../table.js';
import { KeyRing } from './key-ring.js';
import type { KeySource } from './key-source.js';

/** Where it is recorded which keys documents may be encrypted with. */
export const ENCRYPTION_TABLE = 'encryption';

const KEYS_ID = 'keys';

interface Keys extends Document {
  /** Ids of the keys, in order of their first use. */
  readonly keys: readonly string[];
}

/** Ids of the keys that a document of the table names; undefined when it is another document. */
export const keysOf = (document: Document): readonly string[] | undefined =>
  document.id === KEYS_ID ? (document as Keys).keys : undefined;

const registered = async (engine: Engine): Promise<{ readonly keys: readonly string[]; readonly revision: number }> => {
  const { current, revision } = await engine.read(ENCRYPTION_TABLE, KEYS_ID);
  return { keys: (current && keysOf(current)) ?? [], revision: current === undefined ? 0 : revision };
};

const write = (engine: Engine, keys: readonly string[], revision: number): Promise<WriteOutcome> => {
  const content = { id: KEYS_ID, keys };
  return revision === 0
    ? engine.insert(ENCRYPTION_TABLE, content)
    : engine.replace(ENCRYPTION_TABLE, content, revision);
};

export interface Admission {
  /** Whether documents will be encrypted, so that the current key is recorded, and made where there may be none yet. */
  readonly encrypting: boolean;
  /** Go on without keys that are lost. */
  readonly lossy?: boolean;
}

/**
 * The keys of `source`, after they were compared with those that the database knows, and the current one was recorded.
 * Throws `unavailable` when a key is missing: a server with other keys could not read what is stored, and what it writes
 * could not be read by the others. Several processes may do this at once.
 */
export async function admitKeys(
  engine: Engine,
  source: KeySource,
  { encrypting, lossy = false }: Admission,
): Promise<KeyRing> {
  for (;;) {
    const { keys, revision } = await registered(engine);
    const ring = new KeyRing(source.keys(encrypting && (keys.length === 0 || lossy)));
    const missing = keys.filter((id) => ring.find(id) === undefined);
    if (missing.length > 0 && !lossy) throw wrongKey(missing, ring, source);
    const { current } = ring;
    if (!encrypting || current === undefined || keys.includes(current.id)) return ring;
    if ((await write(engine, [...keys, current.id], revision)).ok) return ring;
  }
}

/** Records a key that documents may be encrypted with. */
export async function recordKey(engine: Engine, id: string): Promise<void> {
  for (;;) {
    const { keys, revision } = await registered(engine);
    if (keys.includes(id) || (await write(engine, [...keys, id], revision)).ok) return;
  }
}

/** Records that documents are encrypted with `kept` alone (none: not at all). For when no other key is in use any more. */
export async function retireOtherKeys(engine: Engine, kept: string | undefined): Promise<readonly string[]> {
  for (;;) {
    const { keys, revision } = await registered(engine);
    const retired = keys.filter((id) => id !== kept);
    if (retired.length === 0) return [];
    if ((await write(engine, kept === undefined ? [] : [kept], revision)).ok) return retired;
  }
}

/** Ids of the keys that documents may be encrypted with. */
export const registeredKeys = async (engine: Engine): Promise<readonly string[]> => (await registered(engine)).keys;

function wrongKey(missing: readonly string[], ring: KeyRing, source: KeySource): DomainError {
  const held = ring.ids.length === 0 ? 'it holds none' : `it holds ${ring.ids.join(', ')}`;
  const names = missing.length === 1 ? `key ${missing[0]}` : `keys ${missing.join(', ')}`;
  return new DomainError(
    'unavailable',
    `the database is encrypted with ${names}, which ${source.name} does not hold (${held}): use the key file of the ` +
      'other servers or of the backup; docs/encryption.md says what to do when it is lost',
  );
}
