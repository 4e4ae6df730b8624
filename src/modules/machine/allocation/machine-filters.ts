import { CANDIDATE_RULES } from '../candidate-rules.js';
import type { MachineRule } from '../candidate-rules.js';
import type { Machine } from '../machine.js';

/** What the filters of an allocation by partition and size compare machines with. */
export interface FilterContext {
  readonly partitionId: string;
  readonly sizeId: string;
  /** Whether an allocation under way has chosen the machine, which does not show it yet. */
  readonly isChosen: (machineId: string) => boolean;
  readonly livelinessOf: (machineId: string) => string | undefined;
  /** Why the layout does not fit a machine's disks, or undefined. */
  readonly misfit: (machine: Machine) => string | undefined;
}

export type MachineFilter = MachineRule<[FilterContext]>;

/** Every machine in the index `candidate` under the partition and the size passes these. */
const CANDIDATE_FILTERS: readonly MachineFilter[] = [
  {
    name: 'partition',
    passes: ({ partitionId }, context) => partitionId === context.partitionId,
    reason: ({ partitionId }) =>
      partitionId !== undefined ? `it is in partition "${partitionId}"` : 'it is in no partition',
  },
  {
    name: 'size',
    passes: ({ sizeId }, context) => sizeId === context.sizeId,
    reason: ({ sizeId }) => `its size is "${sizeId ?? ''}"`,
  },
  ...CANDIDATE_RULES,
];

/** What makes a candidate available; reservations count available machines. */
export const AVAILABILITY_FILTERS: readonly MachineFilter[] = [
  {
    name: 'not-chosen',
    passes: ({ id }, { isChosen }) => !isChosen(id),
    reason: () => 'another allocation has just chosen it',
  },
  {
    name: 'alive',
    passes: ({ id }, { livelinessOf }) => livelinessOf(id) === 'Alive',
    reason: ({ id }, { livelinessOf }) => `its liveliness is ${livelinessOf(id) || 'not known'}, not Alive`,
  },
];

/** What an available machine must meet in addition. */
export const FIT_FILTERS: readonly MachineFilter[] = [
  {
    name: 'layout',
    passes: (machine, { misfit }) => misfit(machine) === undefined,
    reason: (machine, { misfit }) => `the filesystem layout does not fit: ${misfit(machine)}`,
  },
];

/** All filters in their order. */
export const MACHINE_FILTERS: readonly MachineFilter[] = [
  ...CANDIDATE_FILTERS,
  ...AVAILABILITY_FILTERS,
  ...FIT_FILTERS,
];

/** The machines that pass all of `filters`. */
export const passing = (
  machines: readonly Machine[],
  filters: readonly MachineFilter[],
  context: FilterContext,
): readonly Machine[] => machines.filter((machine) => filters.every(({ passes }) => passes(machine, context)));
