import type { Content, Document, TableDefinition } from '../../../src/platform/store/table.js';
import type { Store } from '../../../src/platform/store/store.js';
import type { Table } from '../../../src/platform/store/table.js';

/** Documents of one table, to be written to a store. */
export interface Contents {
  readonly name: string;
  readonly documents: readonly { readonly id: string }[];
  /** The table in a store that has not been started. */
  readonly tableIn: (store: Store) => Table<Document>;
}

export const contents = <T extends Document, I extends string>(
  definition: TableDefinition<T, I>,
  documents: readonly Content<T>[],
): Contents => ({
  name: definition.name,
  documents: documents,
  tableIn: (store) => store.table(definition),
});

/** What `make` returns for 0 to `count` - 1. */
export const times = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, number) => make(number));
