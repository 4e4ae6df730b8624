import type { Document } from '../../shared/document.js';
import { defineTable } from '../store/table.js';

/** Records which replica last claimed a periodic job. */
export interface JobClaim extends Document {
  /** The job's name. */
  readonly id: string;
  readonly owner: string;
  readonly taken: string;
}

export const jobClaimTable = defineTable<JobClaim>()({ name: 'jobturn' });
