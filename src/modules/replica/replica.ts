import type { Document } from '../../shared/document.js';

/** One of several server processes on a shared database. Written at start-up; `at` is updated every few seconds. */
export interface ReplicaRecord extends Document {
  readonly host: string;
  /** ISO times by the process's own clock: of its start, and of its last heartbeat. */
  readonly started: string;
  readonly at: string;
  readonly version: string;
  /** Name of the installation on the broker; `""` without a broker. */
  readonly installation: string;
  /** Fingerprints of the shared keys by name, never the keys; `""` for a key that is not set. */
  readonly keys: Readonly<Record<string, string>>;
}

/** Tolerated clock difference, in milliseconds; signatures and command deadlines depend on the clocks. */
export const MAX_CLOCK_DIFFERENCE = 5000;

/** A difference between two replicas. */
export interface ReplicaMismatch {
  readonly what: 'keys' | 'version' | 'installation' | 'clock';
  /** Human-readable; names settings, but never contains keys. */
  readonly message: string;
}

type Comparable = Pick<ReplicaRecord, 'version' | 'installation' | 'keys'>;

/**
 * Returns the differences of `other` from `own`. `offset` is how far the own clock is ahead of the other one, in
 * milliseconds; undefined until it is known.
 */
export function differencesOf(
  own: Comparable,
  other: Comparable,
  offset: number | undefined,
): readonly ReplicaMismatch[] {
  const differences: ReplicaMismatch[] = [];
  const keys = Object.keys(own.keys).filter((name) => own.keys[name] !== other.keys[name]);
  if (keys.length > 0) {
    differences.push({ what: 'keys', message: `${keys.join(', ')} must be the same on all replicas` });
  }
  if (own.version !== other.version) {
    differences.push({ what: 'version', message: `runs version ${other.version}, this one ${own.version}` });
  }
  if (own.installation !== other.installation) {
    const message = `METAL_API_INSTALLATION is "${other.installation}", here "${own.installation}"`;
    differences.push({ what: 'installation', message });
  }
  if (offset !== undefined && Math.abs(offset) > MAX_CLOCK_DIFFERENCE) {
    const seconds = (Math.abs(offset) / 1000).toFixed(1);
    differences.push({
      what: 'clock',
      message: `its clock is ${seconds} s ${offset > 0 ? 'behind' : 'ahead of'} this one's`,
    });
  }
  return differences;
}
