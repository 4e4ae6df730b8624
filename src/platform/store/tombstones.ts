import type { Clock } from '../../shared/clock.js';

/**
 * How long memory keeps a tombstone, in milliseconds: far longer than any feed entry or response can be delayed, and
 * far shorter than engines keep theirs (`REMEMBER_REMOVALS_MS`), so that memory never retains a removal after which the
 * database has restarted at revision 1.
 */
const MEMORY_MS = 10 * 60_000;

/** How long engines keep removals in the database, in milliseconds. */
export const REMEMBER_REMOVALS_MS = 24 * 3_600_000;

/** Revisions of recent removals, by ID; entries expire automatically. */
export class Tombstones {
  private readonly entries = new Map<string, { readonly revision: number; readonly at: number }>();

  constructor(private readonly clock: Clock) {}

  /** Revision of the removal of `id`, 0 if there is no tombstone. */
  revision(id: string): number {
    return this.entries.get(id)?.revision ?? 0;
  }

  set(id: string, revision: number): void {
    this.entries.delete(id); // keeps the map ordered by age
    this.entries.set(id, { revision, at: this.clock.now() });
    this.forget();
  }

  delete(id: string): void {
    this.entries.delete(id);
  }

  clear(): void {
    this.entries.clear();
  }

  /** Drops all entries that `keep` does not select. */
  retain(keep: (id: string, revision: number) => boolean): void {
    for (const [id, { revision }] of [...this.entries]) if (!keep(id, revision)) this.entries.delete(id);
  }

  private forget(): void {
    const horizon = this.clock.now() - MEMORY_MS;
    for (const [id, entry] of this.entries) {
      if (entry.at >= horizon) return;
      this.entries.delete(id);
    }
  }
}
