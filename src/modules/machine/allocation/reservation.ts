/** The number of machines of one size in one partition that a project has reserved. */
export interface MachineReservation {
  readonly projectId: string;
  readonly amount: number;
}

/**
 * Whether `project` may take one of `available` machines, given all reservations and the machines already in use. A
 * project with an open reservation may; any other project must leave enough machines for all open reservations, and for
 * the `awaited` machines that requests ahead of it on the waiting list want.
 * Unlike in the original implementation, the result does not depend on the order of reservations, and machines used
 * beyond a project's own reservations do not count against other projects' reservations
 * (docs/reference/machine-allocation.md#size-reservations).
 */
export function reservationsAllow(
  reservations: readonly MachineReservation[],
  usedBy: (projectId: string) => number,
  project: string,
  available: number,
  awaited = 0,
): boolean {
  const reserved = new Map<string, number>();
  for (const { projectId, amount } of reservations) reserved.set(projectId, (reserved.get(projectId) ?? 0) + amount);
  const open = (projectId: string): number => Math.max((reserved.get(projectId) ?? 0) - usedBy(projectId), 0);
  if (open(project) > 0) return available > 0;
  const openOfAll = [...reserved.keys()].reduce((sum, projectId) => sum + open(projectId), 0);
  return openOfAll + awaited < available;
}
