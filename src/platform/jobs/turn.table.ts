import type { Document } from '../../shared/document.js';
import { defineTable } from '../store/table.js';

/** Who last took the turn of a periodic job. */
export interface Turn extends Document {
  /** The job's name. */
  readonly id: string;
  readonly owner: string;
  readonly taken: string;
}

export const turnTable = defineTable<Turn>()({ name: 'jobturn' });
