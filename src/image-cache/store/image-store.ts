import type { Candidate } from '../selection/candidates.js';

/** What the store says of an image. */
export type StoreAnswer =
  | {
      readonly url: string;
      /** Bytes. */
      readonly size: number;
      readonly etag?: string | undefined;
      readonly modified?: string | undefined;
      readonly checksumEtag?: string | undefined;
    }
  /** It is not in the store, or has no checksum file. */
  | { readonly missing: string }
  /** The store could not be asked. */
  | { readonly unknown: string };

export interface StoreAnswers {
  /** By key; there is one for each candidate. */
  readonly answers: ReadonlyMap<string, StoreAnswer>;
  /** Objects in the store, where they are listed. */
  readonly listed?: number;
}

/** Where OS images come from. */
export interface ImageStore {
  /** Throws when the store as a whole cannot be asked. */
  find(candidates: readonly Candidate[]): Promise<StoreAnswers>;
}
