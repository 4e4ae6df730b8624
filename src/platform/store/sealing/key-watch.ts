import type { Engine, FeedSink } from '../engine.js';
import type { Document } from '../table.js';
import { ENCRYPTION_TABLE, keysOf } from './key-register.js';
import type { KeyRing } from './key-ring.js';

/** What a server does about keys that others record while it runs. */
export interface KeyWatcher {
  /** Another server encrypts with a key that this one does not have. */
  unknown(keyId: string): void;
  /** The key of this server is no longer recorded, although it goes on encrypting with it. */
  retired(keyId: string): void;
}

/** Follows the record of keys. Tells of each unknown key once. */
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
    forget: () => undefined,
    lost: () => undefined, // the tables with secrets tell
  };
  return engine.follow(ENCRYPTION_TABLE, sink);
}
