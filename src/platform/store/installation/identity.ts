import { randomUUID } from 'node:crypto';
import { timestamp } from '../../../shared/clock.js';
import type { Content, Document } from '../table.js';
import type { Engine } from '../engine.js';

/** The table of the identity, and the id of its only document. */
export const IDENTITY_TABLE = 'installation';
export const IDENTITY_ID = 'identity';

/**
 * What tells a database from every other one, and from its own past. Made once, by the first server that starts on the
 * database; all later servers and all replicas find the same one. A restored backup brings the identity it was made of.
 */
export interface Identity extends Document {
  /** Random; stays for the life of the installation. */
  readonly uuid: string;
  /** When the identity was made: ISO 8601, UTC. */
  readonly created: string;
  /** Counts from 1; raised when a server notices that the database has gone back in time. */
  readonly epoch: number;
}

/**
 * The identity of the database behind an open engine; made if there is none yet. Of several processes that make it at
 * once, one wins and all get its document. `now` is in milliseconds since the epoch.
 */
export async function identify(engine: Engine, now: number): Promise<Identity> {
  const content: Content<Identity> = { id: IDENTITY_ID, uuid: randomUUID(), created: timestamp(now), epoch: 1 };
  for (;;) {
    const { current } = await engine.read(IDENTITY_TABLE, IDENTITY_ID);
    if (current !== undefined) return current as Identity;
    const outcome = await engine.insert(IDENTITY_TABLE, content);
    if (outcome.ok) return outcome.document as Identity;
  }
}
