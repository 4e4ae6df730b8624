import type { SameBoxBy } from '../../../config/same-box.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Machine, RegisteringBox } from '../machine.js';

/** Refuses a call in the name of a machine that another box has registered. Throws `forbidden`. */
export type BoxCheck = (machine: Pick<Machine, 'id' | 'registeredBy'>) => void;

/** Of calls that say nothing of where they come from, such as those of agents that speak for their machines. */
export const ANY_BOX: BoxCheck = () => undefined;

/**
 * The check for a call of `caller`. Only what is known of both counts: a machine that was registered over REST, or before
 * this was kept, is anybody's, and so is one that registered without certificate where only that is looked at.
 */
export const boxCheck =
  (caller: RegisteringBox, by: SameBoxBy): BoxCheck =>
  ({ id, registeredBy }) => {
    if (!registeredBy || by === 'nothing') return;
    const differs = (what: keyof RegisteringBox): boolean =>
      registeredBy[what] !== '' && caller[what] !== registeredBy[what];
    if (differs('certificate') || (by === 'address' && differs('address'))) {
      throw new DomainError('forbidden', `machine "${id}" was registered by another box, which has to make this call`);
    }
  };
