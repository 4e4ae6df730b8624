import type { RethinkOptions } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { defineTable, type Document } from '../../src/platform/store/table.js';

/** The document that store tests write. */
export interface Box extends Document {
  readonly count: number;
  readonly owner?: string;
  readonly data?: unknown;
}

export const boxes = defineTable<Box>()({ name: 'box', indexes: { owner: (box) => box.owner } });

/** Input of a writer process (`store-writer.ts`): one of the two databases. */
export interface WriterSettings {
  readonly name: string;
  readonly workers: number;
  readonly folder?: string;
  readonly rethinkdb?: RethinkOptions;
}
