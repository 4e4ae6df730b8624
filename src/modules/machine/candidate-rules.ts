import { isUnowned } from './machine.js';
import type { Machine } from './machine.js';

/** A named condition that a machine meets or not. */
export interface MachineRule<Context extends readonly unknown[] = []> {
  readonly name: string;
  readonly passes: (machine: Machine, ...context: Context) => boolean;
  /** Why a machine does not pass. */
  readonly reason: (machine: Machine, ...context: Context) => string;
}

/** What makes a machine eligible for an allocation by size. */
export const CANDIDATE_RULES: readonly MachineRule[] = [
  {
    name: 'unowned',
    passes: (machine) => isUnowned(machine),
    reason: ({ allocation, claim, release }) => {
      const project = (allocation ?? claim)?.project;
      if (release) return 'it is being released';
      return allocation ? `it is allocated for project "${project}"` : `it is being allocated for project "${project}"`;
    },
  },
  {
    name: 'state',
    passes: ({ state }) => state.value === '',
    reason: ({ state }) =>
      `it is ${state.value === 'TAINTED' ? 'RESERVED' : state.value}${state.description && `: ${state.description}`}`,
  },
  {
    name: 'waiting',
    passes: ({ waiting }) => waiting,
    reason: () => 'its installer does not wait for an allocation',
  },
];

/** Free to be given to a request by size: unowned, in no state, and waiting. */
export const isCandidate = (machine: Machine): boolean => CANDIDATE_RULES.every(({ passes }) => passes(machine));
