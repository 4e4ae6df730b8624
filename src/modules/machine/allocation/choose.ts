import { counted } from '../../../shared/text.js';
import { invalid } from '../../../shared/errors/domain-error.js';
import type { Machine } from '../machine.js';
import { reservationsAllow } from './reservation.js';
import type { Reservation } from './reservation.js';
import { spread } from './spread.js';
import type { Placed } from './spread.js';

/** All that the choice of a machine depends on. */
export interface Situation {
  /** Free machines of the wanted size in the wanted partition that wait and live. */
  readonly available: readonly Machine[];
  /** The requesting project's machines of the same partition, size and role. */
  readonly ofProject: readonly Placed[];
  readonly placementTags: readonly string[];
  readonly project: string;
  readonly reservations: readonly Reservation[];
  /** How many machines of this partition and size a project uses, whatever their role. */
  readonly usedBy: (project: string) => number;
  /** Says why the layout does not fit a machine's disks, or undefined. */
  readonly misfit: (machine: Machine) => string | undefined;
}

/**
 * The best machines, all equally good (reference/10 §3.4 to §3.6). Throws `invalid` when there is none, with the reason:
 * nothing free, all free ones reserved for others, or none whose disks take the layout.
 */
export function choose(situation: Situation): readonly Machine[] {
  const { available, ofProject, placementTags, project, reservations, usedBy, misfit } = situation;
  if (available.length === 0)
    throw invalid('no machine available: none of this size in this partition is free, waiting and alive');
  if (!reservationsAllow(reservations, usedBy, project, available.length)) {
    throw invalid(
      `no machine available: ${counted(available.length, 'free machine is', 'free machines are')} reserved for other projects`,
    );
  }
  const fitting = available.filter((machine) => misfit(machine) === undefined);
  if (fitting.length === 0)
    throw invalid(`no machine available that takes the filesystem layout: ${misfit(available[0]!)}`);
  return spread(fitting, ofProject, placementTags);
}
