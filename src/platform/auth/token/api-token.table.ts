import type { Document } from '../../../shared/document.js';
import { defineTable } from '../../store/table.js';
import type { Role } from '../role.js';

/**
 * What the server knows of an API token: never the token itself. Written when the token is first used or revoked, since
 * making one does not touch the store. `subject` and `role` are unknown when it was revoked before its first use.
 */
export interface ApiTokenRecord extends Document {
  readonly subject?: string;
  readonly role?: Role;
  /** After this instant (ISO 8601) the token is worthless and the record may go. */
  readonly expires: string;
  readonly firstUsed?: string;
  readonly revoked?: string;
}

export const apiTokenTable = defineTable<ApiTokenRecord>()({ name: 'apitoken' });
