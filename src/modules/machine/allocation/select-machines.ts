import { pluralize } from '../../../shared/text.js';
import type { Machine } from '../machine.js';
import { AVAILABILITY_FILTERS, FIT_FILTERS, passing } from './machine-filters.js';
import type { FilterContext } from './machine-filters.js';
import { NoMachineAvailable } from './no-machine-available.js';
import { reservationsAllow } from './reservation.js';
import type { MachineReservation } from './reservation.js';
import { spreadOverRacks } from './spread.js';
import type { Placement } from './spread.js';

/** All that the choice of a machine depends on. */
export interface SelectionContext extends FilterContext {
  /** Machines that pass the filters up to `waiting`: those of the index `candidate`. */
  readonly candidates: readonly Machine[];
  /** The requesting project's machines of the same partition, size and role. */
  readonly ofProject: readonly Placement[];
  readonly placementTags: readonly string[];
  readonly project: string;
  readonly reservations: readonly MachineReservation[];
  /** Number of machines of this partition and size that a project uses, in any role. */
  readonly usedBy: (project: string) => number;
  /** Number of machines that requests ahead on the waiting list want. */
  readonly awaited: number;
}

/**
 * Returns the best machines, all equally good (docs/reference/machine-allocation.md#choosing-a-machine to
 * docs/reference/machine-allocation.md#rack-spreading). Throws `NoMachineAvailable` with the reason if there is
 * none: no free machine, all free ones are reserved for other projects or kept for the waiting list, or the layout does not
 * fit the disks of any.
 */
export function selectMachines(context: SelectionContext): readonly Machine[] {
  return spreadOverRacks(fittingMachines(context), context.ofProject, context.placementTags);
}

/** The machines that are left before racks are compared. Throws as `selectMachines` does. */
export function fittingMachines(context: SelectionContext): readonly Machine[] {
  const { candidates, project, reservations, usedBy, awaited, misfit } = context;
  const available = passing(candidates, AVAILABILITY_FILTERS, context);
  if (available.length === 0)
    throw new NoMachineAvailable(
      'no machine available: none of this size in this partition is free, waiting and alive',
    );
  const freeMachines = pluralize(available.length, 'free machine is', 'free machines are');
  if (!reservationsAllow(reservations, usedBy, project, available.length))
    throw new NoMachineAvailable(`no machine available: ${freeMachines} reserved for other projects`);
  if (!reservationsAllow(reservations, usedBy, project, available.length, awaited))
    throw new NoMachineAvailable(
      `no machine available: ${freeMachines} kept for requests on the waiting list, which want ${awaited}`,
    );
  const fitting = passing(available, FIT_FILTERS, context);
  if (fitting.length === 0)
    throw new NoMachineAvailable(`no machine available that fits the filesystem layout: ${misfit(available[0]!)}`);
  return fitting;
}
