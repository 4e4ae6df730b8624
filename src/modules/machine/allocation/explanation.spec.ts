import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNS, SEED } from '../../../../test/support/property-seed.js';
import { isCandidate } from '../candidate-rules.js';
import { newMachine } from '../machine.js';
import type { Machine } from '../machine.js';
import { explainSelection, filterMachine, summarize, summaryOf } from './explanation.js';
import { MACHINE_FILTERS } from './machine-filters.js';
import { selectMachines } from './select-machines.js';
import type { SelectionContext } from './select-machines.js';

const PARTITION = 'p1';
const SIZE = 's1';

/** What a random machine is like; each flag is one filter. */
interface Traits {
  readonly partition: boolean;
  readonly size: boolean;
  readonly unowned: boolean;
  readonly state: boolean;
  readonly waiting: boolean;
  readonly chosen: boolean;
  readonly alive: boolean;
  readonly fits: boolean;
  readonly rack: string;
}

const mostly = fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });
const traits: fc.Arbitrary<Traits> = fc.record({
  partition: mostly,
  size: mostly,
  unowned: mostly,
  state: mostly,
  waiting: mostly,
  chosen: fc.boolean(),
  alive: mostly,
  fits: mostly,
  rack: fc.constantFrom('r1', 'r2', 'r3'),
});

function machineOf(index: number, has: Traits): Machine {
  const machine = { ...newMachine(`m${index}`, '2026-01-01T00:00:00.000Z'), revision: 1 };
  return {
    ...machine,
    partitionId: has.partition ? PARTITION : 'elsewhere',
    sizeId: has.size ? SIZE : 'other',
    waiting: has.waiting,
    rackId: has.rack,
    state: { ...machine.state, value: has.state ? '' : 'LOCKED' },
    ...(!has.unowned && { claim: { project: 'x' } as never }),
  };
}

function contextOf(machines: readonly Machine[], all: readonly Traits[], reserved: number): SelectionContext {
  const at = ({ id }: { readonly id: string }): Traits => all[Number(id.slice(1))]!;
  return {
    candidates: machines.filter(
      (machine) => isCandidate(machine) && machine.partitionId === PARTITION && machine.sizeId === SIZE,
    ),
    partitionId: PARTITION,
    sizeId: SIZE,
    isChosen: (id) => at({ id }).chosen,
    livelinessOf: (id) => (at({ id }).alive ? 'Alive' : 'Dead'),
    misfit: (machine) => (at(machine).fits ? undefined : 'too small'),
    ofProject: [
      { rackId: 'r1', tags: ['t'] },
      { rackId: 'r2', tags: [] },
    ],
    placementTags: ['t'],
    project: 'mine',
    reservations: reserved > 0 ? [{ projectId: 'others', amount: reserved }] : [],
    usedBy: () => 0,
    awaited: 0,
  };
}

const outcome = (context: SelectionContext) => {
  try {
    return { best: selectMachines(context).map(({ id }) => id), refusal: undefined };
  } catch (error) {
    return { best: [], refusal: (error as Error).message };
  }
};

describe('explainSelection', () => {
  it(`says what selectMachines does, and counts what each filter leaves (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.array(traits, { maxLength: 30 }), fc.nat({ max: 4 }), (all, reserved) => {
        const machines = all.map((has, index) => machineOf(index, has));
        const context = contextOf(machines, all, reserved);
        const { filters, best, refusal, racks, nearestMisses } = explainSelection(machines, context);
        expect({ best, refusal }).toEqual(outcome(context));
        const waiting = filters.findIndex(({ filter }) => filter === 'waiting');
        expect(filters[waiting]!.left, 'what the index of candidates holds').toBe(context.candidates.length);
        filters.reduce((before, { left }) => {
          expect(left).toBeLessThanOrEqual(before);
          return left;
        }, machines.length);
        if (best.length > 0) {
          expect(racks.reduce((sum, { available }) => sum + available, 0)).toBe(filters.at(-1)!.left);
        }
        for (const { machineId, filter } of nearestMisses) {
          const machine = machines.find(({ id }) => id === machineId)!;
          const problems = filterMachine(machine, context).filter(({ problem }) => problem !== undefined);
          expect(problems.map((one) => one.filter)).toEqual([filter]);
        }
        expect(summarize(machines, context)).toBe(summaryOf(machines.length, filters));
      }),
      { numRuns: RUNS * 5 },
    );
  });

  it('gives a reason for every filter', () => {
    const good: Traits = {
      partition: true,
      size: true,
      unowned: true,
      state: true,
      waiting: true,
      chosen: false,
      alive: true,
      fits: true,
      rack: 'r1',
    };
    const bad = [
      { ...good, partition: false },
      { ...good, size: false },
      { ...good, unowned: false },
      { ...good, state: false },
      { ...good, waiting: false },
      { ...good, chosen: true },
      { ...good, alive: false },
      { ...good, fits: false },
    ];
    const machines = bad.map((has, index) => machineOf(index, has));
    const context = contextOf(machines, bad, 0);
    const { filters, nearestMisses } = explainSelection(machines, context);
    expect(filters.map(({ filter, left }) => [filter, left])).toEqual(
      MACHINE_FILTERS.map(({ name }, index) => [name, 7 - index]),
    );
    expect(nearestMisses.map(({ filter, reason }) => `${filter}: ${reason}`)).toEqual([
      'layout: the filesystem layout does not fit: too small',
      'alive: its liveliness is Dead, not Alive',
      'not-chosen: another allocation has just chosen it',
      'waiting: its installer does not wait for an allocation',
      'state: it is LOCKED',
      'unowned: it is being allocated for project "x"',
      'size: its size is "other"',
      'partition: it is in partition "elsewhere"',
    ]);
    expect(summaryOf(8, filters)).toBe(
      'of 8 machines pass: partition 7, size 6, unowned 5, state 4, waiting 3, not-chosen 2, alive 1, layout 0',
    );
  });
});
