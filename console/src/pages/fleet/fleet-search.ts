/** The part of the fleet page that its address keeps. */
export interface FleetSearch {
  /** Text of the search box. */
  readonly q?: string;
  readonly view?: 'tiles' | 'table';
  readonly partition?: string;
  /** Only machines in this life-cycle state, or `issues`. */
  readonly state?: string;
}

export const fleetSearch = ({ q, view, partition, state }: Record<string, unknown>): FleetSearch => ({
  ...(textOf(q) && { q: textOf(q) }),
  ...(view === 'table' && { view }),
  ...(textOf(partition) && { partition: textOf(partition) }),
  ...(textOf(state) && { state: textOf(state) }),
});

/** The router reads values that look like JSON as such. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
