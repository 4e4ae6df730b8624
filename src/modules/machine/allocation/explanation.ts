import { isDomainError } from '../../../shared/errors/domain-error.js';
import type { Machine } from '../machine.js';
import { MACHINE_FILTERS } from './machine-filters.js';
import type { FilterContext } from './machine-filters.js';
import { fittingMachines } from './select-machines.js';
import type { SelectionContext } from './select-machines.js';
import { scoreRacks } from './spread.js';
import type { RackScore } from './spread.js';

/** How many machines an explanation names where there may be thousands. */
const EXAMPLES = 5;

/** A machine and why it does not pass a filter. */
export interface Miss {
  readonly machineId: string;
  readonly filter: string;
  readonly reason: string;
}

/** What a filter does to the machines that the ones before it have left. */
export interface FilterEffect {
  readonly filter: string;
  readonly left: number;
  /** Some of those that it took away. */
  readonly examples: readonly Miss[];
}

/** How a machine is chosen, or why none is. */
export interface SelectionExplanation {
  readonly filters: readonly FilterEffect[];
  /** Machines that fail exactly one filter, those that fail a late one first. */
  readonly nearestMisses: readonly Miss[];
  /** Empty when no machine is left to be compared. */
  readonly racks: readonly RackScore[];
  /** One of these is taken at random. */
  readonly best: readonly string[];
  /** The message of the refusal. */
  readonly refusal: string | undefined;
}

/**
 * Explains the choice among all machines with the filters and rules that choose. Every filter is asked for every machine,
 * so the cost grows with the fleet.
 */
export function explainSelection(machines: Iterable<Machine>, context: SelectionContext): SelectionExplanation {
  const effects = MACHINE_FILTERS.map(({ name }) => ({ filter: name, left: 0, examples: [] as Miss[] }));
  const misses: Miss[][] = MACHINE_FILTERS.map(() => []);
  for (const machine of machines) {
    const failed = MACHINE_FILTERS.flatMap(({ passes }, index) => (passes(machine, context) ? [] : [index]));
    const [first = MACHINE_FILTERS.length] = failed;
    for (let index = 0; index < first; index++) effects[index]!.left += 1;
    if (first === MACHINE_FILTERS.length) continue;
    const { examples } = effects[first]!;
    if (examples.length < EXAMPLES) examples.push(missOf(machine, first, context));
    if (failed.length === 1 && misses[first]!.length < EXAMPLES) misses[first]!.push(missOf(machine, first, context));
  }
  const nearestMisses = misses
    .toReversed()
    .flat()
    .slice(0, 2 * EXAMPLES);
  return { filters: effects, nearestMisses, ...outcomeOf(context) };
}

/** Each filter with what it says of one machine; undefined when the machine passes. */
export const filterMachine = (machine: Machine, context: FilterContext) =>
  MACHINE_FILTERS.map(({ name, passes, reason }) => ({
    filter: name,
    problem: passes(machine, context) ? undefined : reason(machine, context),
  }));

/** In one line how many machines each filter leaves. */
export function summarize(machines: Iterable<Machine>, context: FilterContext): string {
  const left = MACHINE_FILTERS.map(() => 0);
  let total = 0;
  for (const machine of machines) {
    total += 1;
    const first = MACHINE_FILTERS.findIndex(({ passes }) => !passes(machine, context));
    for (let index = 0; index < (first < 0 ? left.length : first); index++) left[index]! += 1;
  }
  return summaryOf(
    total,
    MACHINE_FILTERS.map(({ name }, index) => ({ filter: name, left: left[index]! })),
  );
}

/** The counts in one line, up to the filter that leaves none. */
export function summaryOf(total: number, filters: readonly Pick<FilterEffect, 'filter' | 'left'>[]): string {
  const last = filters.findIndex(({ left }) => left === 0);
  const shown = last < 0 ? filters : filters.slice(0, last + 1);
  return `of ${total} machines pass: ${shown.map(({ filter, left }) => `${filter} ${left}`).join(', ')}`;
}

const missOf = (machine: Machine, index: number, context: FilterContext): Miss => {
  const { name, reason } = MACHINE_FILTERS[index]!;
  return { machineId: machine.id, filter: name, reason: reason(machine, context) };
};

function outcomeOf(context: SelectionContext): Pick<SelectionExplanation, 'racks' | 'best' | 'refusal'> {
  try {
    const fitting = fittingMachines(context);
    const racks = scoreRacks(fitting, context.ofProject, context.placementTags);
    const winners = new Set(racks.filter(({ wins }) => wins).map(({ rackId }) => rackId));
    return {
      racks,
      best: fitting.filter(({ rackId }) => winners.has(rackId)).map(({ id }) => id),
      refusal: undefined,
    };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { racks: [], best: [], refusal: error.message };
  }
}
