/** How many machines of one size in one partition a project has reserved. */
export interface Reservation {
  readonly projectId: string;
  readonly amount: number;
}

/**
 * May `project` take one of `available` machines, given who has reserved how many and who uses how many already?
 * A project with an open reservation may; anybody else must leave enough for all open reservations. Unlike the existing
 * system the result does not depend on the order of reservations, and what a project uses beyond its own reservations
 * eats nobody else's (reference/10 §3.5, DO).
 */
export function reservationsAllow(
  reservations: readonly Reservation[],
  usedBy: (projectId: string) => number,
  project: string,
  available: number,
): boolean {
  const reserved = new Map<string, number>();
  for (const { projectId, amount } of reservations) reserved.set(projectId, (reserved.get(projectId) ?? 0) + amount);
  const open = (projectId: string): number => Math.max((reserved.get(projectId) ?? 0) - usedBy(projectId), 0);
  if (open(project) > 0) return available > 0;
  const openOfAll = [...reserved.keys()].reduce((sum, projectId) => sum + open(projectId), 0);
  return openOfAll < available;
}
