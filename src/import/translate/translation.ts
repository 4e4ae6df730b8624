import type { IntegerRange } from '../../shared/concurrency/integer-allocator.js';
import type { Content, Document } from '../../shared/document.js';
import type { Notes } from '../notes.js';

/** The documents that an import writes, by table; and what is said about them. */
export interface Translation {
  readonly documents: ReadonlyMap<string, readonly Content<Document>[]>;
  readonly notes: Notes;
}

/** What the target's settings say. */
export interface TranslationSettings {
  /** Who owns what belongs to the operator. */
  readonly providerTenant: string;
  readonly vrfReserved: readonly IntegerRange[];
  /** As AS numbers. */
  readonly asnReserved: readonly IntegerRange[];
}
