import type { Readable } from 'node:stream';

/** Stores files under keys: firmware, until machines fetch it. Throws `unavailable` if the store does not respond. */
export abstract class ObjectStore {
  /** Throws `disabled` if no store is configured. */
  abstract assertConfigured(): void;
  /**
   * Stores the whole stream under the key, in parts, and replaces an existing object. Rejects with the stream's error.
   */
  abstract put(key: string, content: Readable): Promise<void>;
  /** All keys that begin with the prefix, in byte order. */
  abstract list(prefix: string): Promise<string[]>;
  /** Ignores absent keys. */
  abstract remove(key: string): Promise<void>;
  /** A URL from which the object can be fetched without credentials, valid for `seconds`. */
  abstract presign(key: string, seconds: number): Promise<string>;

  /** Closes connections. */
  close(): void {
    // Most implementations have none.
  }
}
