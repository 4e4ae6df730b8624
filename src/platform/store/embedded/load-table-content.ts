import { SharedParts } from '../shared-parts.js';
import { TableContent } from '../table-content.js';
import type { Document } from '../table.js';
import { REMEMBER_REMOVALS_MS } from '../tombstones.js';
import type { Database } from './database.js';
import { documentRange, removalRange, type Op, type StoredRemoval } from './layout.js';

/** Loads one table from disk and deletes expired tombstones (`now`: milliseconds since the epoch). */
export async function loadTableContent(db: Database, table: string, now: number): Promise<TableContent> {
  const tableContent = new TableContent();
  const shared = new SharedParts();
  for await (const page of db.values(documentRange(table))) {
    for (const value of page) {
      const document = shared.share(JSON.parse(value) as Document);
      tableContent.documents.set(document.id, document);
    }
  }
  const forgotten: Op[] = [];
  for await (const [key, value] of db.entries(removalRange(table))) {
    const { id, revision, at } = JSON.parse(value) as StoredRemoval;
    if (at < now - REMEMBER_REMOVALS_MS) forgotten.push({ type: 'del', key });
    else tableContent.removals.set(id, { id, revision });
  }
  if (forgotten.length > 0) await db.write(forgotten);
  return tableContent;
}
