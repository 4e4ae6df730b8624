import { Records } from '../records.js';
import type { Document } from '../table.js';
import { REMEMBER_REMOVALS_MS } from '../tombstones.js';
import type { Database } from './database.js';
import { documentRange, removalRange, type Op, type StoredRemoval } from './layout.js';

/** Reads one table from disk; removals that are old enough (`now`: milliseconds since the epoch) are forgotten. */
export async function loadRecords(db: Database, table: string, now: number): Promise<Records> {
  const records = new Records();
  for await (const [, value] of db.entries(documentRange(table))) {
    const document = JSON.parse(value) as Document;
    records.documents.set(document.id, document);
  }
  const forgotten: Op[] = [];
  for await (const [key, value] of db.entries(removalRange(table))) {
    const { id, revision, at } = JSON.parse(value) as StoredRemoval;
    if (at < now - REMEMBER_REMOVALS_MS) forgotten.push({ type: 'del', key });
    else records.removals.set(id, { id, revision });
  }
  if (forgotten.length > 0) await db.write(forgotten);
  return records;
}
