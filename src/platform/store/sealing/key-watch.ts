import type { Engine, FeedSink } from '../engine.js';
import type { Document } from '../table.js';
import { ENCRYPTION_TABLE, keysOf } from './key-register.js';
import type { KeyRing } from './key-ring.js';

/** Reactions of a running server to changes of the key record by other servers. */
export interface KeyWatcher {
  /** Another server encrypts with a key that this one does not have. */
  unknown(keyId: string): void;
  /** The key of this server is no longer recorded, although this server still encrypts with it. */
  retired(keyId: string): void;
}

/** Follows the key record. Reports each unknown key once. */
export function watchKeys(engine: Engine, ring: KeyRing, watcher: KeyWatcher): { stop(): Promise<void> } {
  const told = new Set<string>();
  const look = (document: Document): void => {
    const keys = keysOf(document);
    if (keys === undefined) return;
    for (const id of keys) {
      if (ring.find(id) !== undefined || told.has(id)) continue;
      told.add(id);
      watcher.unknown(id);
    }
    if (ring.current !== undefined && !keys.includes(ring.current.id)) watcher.retired(ring.current.id);
  };
  const sink: FeedSink = {
    snapshot: (documents) => documents.forEach(look),
    put: look,
    removed: () => undefined,
    invalidate: () => undefined,
    lost: () => undefined, // reported by the tables with secrets
  };
  return engine.follow(ENCRYPTION_TABLE, sink);
}
