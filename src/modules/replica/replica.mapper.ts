import { timestamp } from '../../shared/clock.js';
import type { ReplicaResponse } from './replica.dto.js';
import type { SeenReplica } from './replicas.service.js';

/** The host of a replica and the fingerprints of its keys are shown to admins only. */
export function toReplicaResponse({ record, offset, seen, ...replica }: SeenReplica, full: boolean): ReplicaResponse {
  const { id, started, version, host, keys } = record;
  return {
    id,
    self: replica.self,
    alive: replica.alive,
    started,
    seen: seen === undefined ? null : timestamp(seen),
    version,
    differences: replica.differences.map(({ what, message }) => ({ what, message })),
    ...(full && { host, clock_offset: offset === undefined ? null : offset / 1000, keys: { ...keys } }),
  };
}
