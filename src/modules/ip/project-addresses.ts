import type { Table } from '../../platform/store/table.js';
import type { IpAddress } from './ip.js';
import type { IpIndex } from './ip.table.js';

const NONE: readonly string[] = [];

/**
 * The addresses of each project as lists that stay identical until an address of the project is added or removed, so
 * that values computed from them can be memoized.
 */
export class ProjectAddresses {
  private readonly lists = new Map<string, readonly string[]>();

  constructor(private readonly table: Table<IpAddress, IpIndex>) {
    table.watch((change) => {
      if (change.type === 'reset') return this.lists.clear();
      const now = change.type === 'put' ? change.now.projectId : undefined;
      if (change.before?.projectId === now) return;
      if (change.before) this.lists.delete(change.before.projectId);
      if (now !== undefined) this.lists.delete(now);
    });
  }

  /** Canonical texts, ordered. */
  of(projectId: string): readonly string[] {
    let list = this.lists.get(projectId);
    if (!list) {
      const addresses = this.table.by('project', projectId);
      if (addresses.length === 0) return NONE;
      list = addresses.map(({ id }) => id).sort();
      this.lists.set(projectId, list);
    }
    return list;
  }
}
