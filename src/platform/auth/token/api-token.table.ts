import type { Document } from '../../../shared/document.js';
import { defineTable } from '../../store/table.js';
import type { Role } from '../role.js';

/**
 * The record of an API token, without the token itself. Written when the token is first used or revoked, because
 * creating a token does not access the store. `subject` and `role` are unknown if it was revoked before its first use.
 */
export interface ApiTokenRecord extends Document {
  readonly subject?: string;
  readonly role?: Role;
  /** Time (ISO 8601) after which the token is invalid and the record can be removed. */
  readonly expires: string;
  readonly firstUsed?: string;
  readonly revoked?: string;
}

export const apiTokenTable = defineTable<ApiTokenRecord>()({ name: 'apitoken' });
