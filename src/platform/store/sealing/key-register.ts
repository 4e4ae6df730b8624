import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Engine, WriteOutcome } from '../engine.js';
import type { Document } from '../table.js';
import { KeyRing } from './key-ring.js';
import type { KeySource } from './key-source.js';

/** The table that records which keys documents may be encrypted with. */
export const ENCRYPTION_TABLE = 'encryption';

const KEYS_ID = 'keys';

interface Keys extends Document {
  /** IDs of the keys, in order of their first use. */
  readonly keys: readonly string[];
}

/** IDs of the keys in the record; undefined for any other document. */
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

export interface KeyAdmission {
  /** Whether documents will be encrypted: if so, the current key is recorded, and created if necessary and allowed. */
  readonly encrypting: boolean;
  /** Proceed without keys that are lost. */
  readonly lossy?: boolean;
}

/**
 * Loads the keys of `source`, compares them with the keys recorded in the database, and records the current one. Throws
 * `unavailable` if a recorded key is missing: a server with other keys could not read the stored secrets, and the other
 * servers could not read what it writes. Safe to run in several processes concurrently.
 */
export async function admitKeys(
  engine: Engine,
  source: KeySource,
  { encrypting, lossy = false }: KeyAdmission,
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

/** Records a key with which documents may be encrypted. */
export async function recordKey(engine: Engine, id: string): Promise<void> {
  for (;;) {
    const { keys, revision } = await registered(engine);
    if (keys.includes(id) || (await write(engine, [...keys, id], revision)).ok) return;
  }
}

/**
 * Records that documents are encrypted with `kept` only (undefined: not at all). To be called when no other key is in
 * use. Returns the retired keys.
 */
export async function retireOtherKeys(engine: Engine, kept: string | undefined): Promise<readonly string[]> {
  for (;;) {
    const { keys, revision } = await registered(engine);
    const retired = keys.filter((id) => id !== kept);
    if (retired.length === 0) return [];
    if ((await write(engine, kept === undefined ? [] : [kept], revision)).ok) return retired;
  }
}

/** IDs of the keys that documents may be encrypted with. */
export const registeredKeys = async (engine: Engine): Promise<readonly string[]> => (await registered(engine)).keys;

function wrongKey(missing: readonly string[], ring: KeyRing, source: KeySource): DomainError {
  const held = ring.ids.length === 0 ? 'it has none' : `it has ${ring.ids.join(', ')}`;
  const names = missing.length === 1 ? `key ${missing[0]}` : `keys ${missing.join(', ')}`;
  return new DomainError(
    'unavailable',
    `the database is encrypted with ${names}, which ${source.name} does not have (${held}): use the key file of the ` +
      'other servers or of the backup; docs/guide/encryption.md describes what to do if it is lost',
  );
}
