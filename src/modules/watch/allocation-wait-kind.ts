import { dependsOn } from '../../platform/store/dependency.js';
import type { Store } from '../../platform/store/store.js';
import { AllocationWaitResponse } from '../machine/waiting-list/wait-entry.dto.js';
import { toWaitResponse } from '../machine/waiting-list/wait-entry.mapper.js';
import { queuesOf } from '../machine/waiting-list/wait-entry.js';
import { waitEntryTable } from '../machine/waiting-list/wait-entry.table.js';
import type { WaitingListRepository } from '../machine/waiting-list/waiting-list.repository.js';
import type { WatchKind } from './watch-kind.js';

/** Entries of the waiting list. Their positions depend on the entries ahead in their queues. */
export function allocationWaitKind(store: Store, list: WaitingListRepository): WatchKind {
  const table = store.table(waitEntryTable);
  return {
    name: 'allocation-wait',
    role: 'viewer',
    shape: AllocationWaitResponse,
    ids: () => list.list().map(({ id }) => id),
    look: (id) => {
      const entry = list.find(id);
      if (entry === undefined || entry.state === 'joining') return undefined;
      const object = toWaitResponse(entry, (one, want) => list.position(one, want.partitionId, want.sizeId));
      const partitions = new Set(entry.wants.map(({ partitionId }) => partitionId));
      return { object, scope: { project: only(entry.projects), partition: only([...partitions]) } };
    },
    sources: [dependsOn(table), dependsOn(table, queuesOf, (queue) => list.queueOf(queue).map(({ id }) => id))],
  };
}

/** The scope of an entry that spans several is undefined, so that no filter of a watcher leaves it out. */
const only = (texts: readonly string[]): string | undefined => (texts.length === 1 ? texts[0] : undefined);
