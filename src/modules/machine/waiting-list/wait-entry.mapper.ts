import type { AllocationWaitResponse } from './wait-entry.dto.js';
import { isOpen } from './wait-entry.js';
import type { MachineWant, WaitEntry } from './wait-entry.js';

/** `positionOf` returns the place of an open entry in one of its queues. */
export function toWaitResponse(
  entry: WaitEntry,
  positionOf: (entry: WaitEntry, want: MachineWant) => number,
): AllocationWaitResponse {
  const queues = entry.wants.map((want) => ({
    partitionid: want.partitionId,
    sizeid: want.sizeId,
    machines: want.machines,
    position: isOpen(entry) ? positionOf(entry, want) : 0,
  }));
  const { id, state, creator, projects, since, deadline, ended, reason, machines, firewalls, ips } = entry;
  return {
    ...{ id, state, position: Math.max(0, ...queues.map(({ position }) => position)), queues },
    ...{ creator, projectids: projects, since, deadline, ...(ended !== undefined && { ended }) },
    ...{ reason, machines, firewalls, ips },
  };
}
