import { randomUUID } from 'node:crypto';
import { timestamp } from '../../../shared/clock.js';
import type { Content, Document } from '../table.js';
import type { Engine } from '../engine.js';

/** The table of the identity, and the ID of its only document. */
export const IDENTITY_TABLE = 'installation';
export const IDENTITY_ID = 'identity';

/**
 * Distinguishes a database from every other one, and from its own past. Created once, by the first server that starts
 * on the database; all later servers and all replicas use the same one. A restored backup has the identity of its
 * original.
 */
export interface Identity extends Document {
  /** Random; constant for the life of the installation. */
  readonly uuid: string;
  /** Creation time of the identity: ISO 8601, UTC. */
  readonly created: string;
  /** Starts at 1; raised when a server notices that the database has gone back in time. */
  readonly epoch: number;
}

/**
 * Loads the identity of the database of an open engine, and creates it if there is none. If several processes do so
 * concurrently, one wins and all return its document. `now` is in milliseconds since the epoch.
 */
export async function loadOrCreateIdentity(engine: Engine, now: number): Promise<Identity> {
  const content: Content<Identity> = { id: IDENTITY_ID, uuid: randomUUID(), created: timestamp(now), epoch: 1 };
  for (;;) {
    const { current } = await engine.read(IDENTITY_TABLE, IDENTITY_ID);
    if (current !== undefined) return current as Identity;
    const outcome = await engine.insert(IDENTITY_TABLE, content);
    if (outcome.ok) return outcome.document as Identity;
  }
}
