import { createSecretKey, type KeyObject } from 'node:crypto';
import { keyIdOf } from '../../../shared/encryption-keys.js';

/** An encryption key and the ID by which envelopes refer to it. */
export interface NamedKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** The keys of a process: the first one encrypts, all of them decrypt. */
export class KeyRing {
  private readonly keys: ReadonlyMap<string, NamedKey>;

  /** Each key has 32 bytes. */
  constructor(keys: readonly Buffer[]) {
    const named = keys.map((key) => ({ id: keyIdOf(key), key: createSecretKey(key) }));
    this.keys = new Map(named.map((key) => [key.id, key]));
  }

  /** IDs of the keys, the current one first. */
  get ids(): readonly string[] {
    return [...this.keys.keys()];
  }

  /** The key that encrypts; undefined if there is none. */
  get current(): NamedKey | undefined {
    return this.keys.values().next().value;
  }

  find(id: string): NamedKey | undefined {
    return this.keys.get(id);
  }
}
