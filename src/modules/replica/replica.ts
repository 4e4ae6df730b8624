import type { Document } from '../../shared/document.js';

/** A process of the API on a database that several share. Written at its start, with a new `at` every few seconds. */
export interface ReplicaRecord extends Document {
  readonly host: string;
  /** ISO times by its own clock: of its start, and of its last sign of life. */
  readonly started: string;
  readonly at: string;
  readonly version: string;
  /** Name of the installation at the broker, `""` without a broker. */
  readonly installation: string;
  /** Fingerprints of the shared keys by name, never the keys; `""` for one that is not set. */
  readonly keys: Readonly<Record<string, string>>;
}

/** Clocks may differ by so much, in milliseconds: signatures and deadlines of commands are judged by them. */
export const MAX_CLOCK_DIFFERENCE = 5000;

/** What two replicas disagree on. */
export interface Difference {
  readonly what: 'keys' | 'version' | 'installation' | 'clock';
  /** For people; names settings, never values of keys. */
  readonly message: string;
}

type Comparable = Pick<ReplicaRecord, 'version' | 'installation' | 'keys'>;

/**
 * What `other` does differently from `own`. `offset` is how much the own clock is ahead of the other one, in
 * milliseconds; undefined as long as that is not known.
 */
export function differencesOf(own: Comparable, other: Comparable, offset: number | undefined): readonly Difference[] {
  const differences: Difference[] = [];
  const keys = Object.keys(own.keys).filter((name) => own.keys[name] !== other.keys[name]);
  if (keys.length > 0) {
    differences.push({ what: 'keys', message: `${keys.join(', ')} must be the same at all replicas` });
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
