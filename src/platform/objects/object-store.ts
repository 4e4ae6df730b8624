import type { Readable } from 'node:stream';

/** Files under keys: where firmware lies until machines fetch it. Throws `unavailable` when the store does not answer. */
export abstract class ObjectStore {
  /** Throws `disabled` when no store is configured. */
  abstract require(): void;
  /** Stores all of the stream, in portions, under the key; what was there is replaced. Rejects as the stream does. */
  abstract put(key: string, content: Readable): Promise<void>;
  /** Every key that begins with the prefix, in byte order. */
  abstract list(prefix: string): Promise<string[]>;
  /** Absent keys are fine. */
  abstract remove(key: string): Promise<void>;
  /** A URL that anybody can fetch the object by, without a credential, for so many seconds. */
  abstract presign(key: string, seconds: number): Promise<string>;

  /** Lets go of connections. */
  close(): void {
    // Most have none.
  }
}
