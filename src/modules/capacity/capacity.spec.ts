import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLegacyServers, countServers, groupBy } from './capacity.js';
import type { CountedMachine } from './capacity.js';
import type { MachineReservation } from '../machine/allocation/reservation.js';

const machine = (id: string, more: Partial<CountedMachine> = {}): CountedMachine => ({
  id,
  partitionId: 'fra',
  sizeId: 'small',
  project: undefined,
  faulty: false,
  allocatable: false,
  inNoState: true,
  lastEvent: 'Waiting',
  ...more,
});

const free = (id: string) => machine(id, { allocatable: true });
const used = (id: string, project: string) => machine(id, { project, lastEvent: 'Phoned Home' });

describe('capacity of one size (docs/reference/partitions.md#capacity)', () => {
  it('counts by allocation and by last event', () => {
    const machines = [
      free('a'),
      used('b', 'P1'),
      machine('c', { faulty: true, lastEvent: 'Crashed' }),
      machine('d', { lastEvent: undefined }),
    ];
    expect(countServers('small', machines, [])).toEqual({
      sizeId: 'small',
      total: 4,
      allocated: 1,
      allocatable: 1,
      unavailable: 2,
      free: 1,
      faulty: 1,
      faultyMachines: ['c'],
      phonedHome: 1,
      waiting: 1,
      other: 2,
      otherMachines: ['c', 'd'],
      reservations: 0,
      usedReservations: 0,
    });
  });

  it('does not count reserved machines as free for other projects', () => {
    const machines = [free('a'), free('b'), free('c'), used('d', 'P1')];
    const reserved = [
      { projectId: 'P1', amount: 2 },
      { projectId: 'P2', amount: 1 },
    ];
    const count = (project?: string) => countServers('small', machines, reserved, project);
    expect(count()).toMatchObject({ free: 1, allocatable: 3, reservations: 3, usedReservations: 1 });
    expect(count('P1').free).toBe(2);
    expect(count('P2').free).toBe(2);
    expect(countServers('small', machines, [{ projectId: 'P3', amount: 9 }]).free).toBe(0);
  });

  it('counts a machine once for several reservations of its project', () => {
    const twice = [
      { projectId: 'P1', amount: 1 },
      { projectId: 'P1', amount: 1 },
    ];
    expect(countServers('small', [free('a'), used('b', 'P1')], twice)).toMatchObject({ free: 0, usedReservations: 1 });
  });

  it('counts for legacy clients: allocated, else faulty, else free if it waits and is available, else other', () => {
    const machines = [
      machine('a', { project: 'P1', faulty: true }),
      machine('b', { faulty: true, inNoState: true }),
      machine('c', { inNoState: true }),
      machine('d', { inNoState: true, lastEvent: 'Crashed' }),
      machine('e', { inNoState: false }),
    ];
    expect(countLegacyServers('small', machines)).toEqual({
      sizeId: 'small',
      total: 5,
      allocated: 1,
      faulty: 1,
      faultyMachines: ['b'],
      free: 1,
      other: 2,
      otherMachines: ['d', 'e'],
    });
  });

  const anyMachine: fc.Arbitrary<CountedMachine> = fc.record({
    id: fc.uuid(),
    partitionId: fc.constantFrom('fra', 'muc'),
    sizeId: fc.constantFrom('small', 'large', 'unknown'),
    project: fc.constantFrom(undefined, 'P1', 'P2'),
    faulty: fc.boolean(),
    allocatable: fc.boolean(),
    inNoState: fc.boolean(),
    lastEvent: fc.constantFrom(undefined, 'Waiting', 'Phoned Home', 'Crashed'),
  });
  const anyReservation: fc.Arbitrary<MachineReservation> = fc.record({
    projectId: fc.constantFrom('P1', 'P2', 'P3'),
    amount: fc.integer({ min: 1, max: 5 }),
  });

  const BY_ALLOCATION = ['allocated', 'allocatable', 'unavailable'] as const;
  const BY_EVENT = ['phonedHome', 'waiting', 'other'] as const;
  const LEGACY = ['allocated', 'faulty', 'free', 'other'] as const;
  const zero = (classes: readonly string[]) => Object.fromEntries(classes.map((name) => [name, 0]));
  const pick = <K extends string>(counts: Readonly<Record<K, number>>, classes: readonly K[]) =>
    Object.fromEntries(classes.map((name) => [name, counts[name]]));

  /** The classes of one machine, derived from docs/reference/partitions.md, not from the code. */
  const classesOf = (one: CountedMachine) => ({
    allocation: one.project !== undefined ? 'allocated' : one.allocatable ? 'allocatable' : 'unavailable',
    event: one.lastEvent === 'Phoned Home' ? 'phonedHome' : one.lastEvent === 'Waiting' ? 'waiting' : 'other',
    legacy:
      one.project !== undefined
        ? 'allocated'
        : one.faulty
          ? 'faulty'
          : one.inNoState && one.lastEvent === 'Waiting'
            ? 'free'
            : 'other',
  });

  it('assigns each machine to exactly one class', () => {
    fc.assert(
      fc.property(anyMachine, (one) => {
        const { allocation, event, legacy } = classesOf(one);
        const now = countServers('small', [one], []);
        expect(pick(now, BY_ALLOCATION)).toEqual({ ...zero(BY_ALLOCATION), [allocation]: 1 });
        expect(pick(now, BY_EVENT)).toEqual({ ...zero(BY_EVENT), [event]: 1 });
        expect(pick(countLegacyServers('small', [one]), LEGACY)).toEqual({ ...zero(LEGACY), [legacy]: 1 });
      }),
    );
  });

  it('has disjoint classes that add up to the total: each is the sum over the individual machines', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyMachine, { selector: ({ id }) => id }), (machines) => {
        const size = (group: 'allocation' | 'event' | 'legacy', name: string): number =>
          machines.filter((one) => classesOf(one)[group] === name).length;
        const now = countServers('small', machines, []);
        const then = countLegacyServers('small', machines);
        for (const name of BY_ALLOCATION) expect(now[name]).toBe(size('allocation', name));
        for (const name of BY_EVENT) expect(now[name]).toBe(size('event', name));
        for (const name of LEGACY) expect(then[name]).toBe(size('legacy', name));
        expect([now.total, then.total]).toEqual([machines.length, machines.length]);
        expect(now.faultyMachines).toEqual(machines.filter(({ faulty }) => faulty).map(({ id }) => id));
        const lists = [
          [now.faultyMachines, now.faulty],
          [now.otherMachines, now.other],
          [then.faultyMachines, then.faulty],
          [then.otherMachines, then.other],
        ] as const;
        for (const [ids, count] of lists) expect(ids).toHaveLength(count);
        expect(then.faultyMachines.filter((id) => then.otherMachines.includes(id))).toEqual([]);
      }),
    );
  });

  it('never reports more free machines, or more used reservations, than exist', () => {
    fc.assert(
      fc.property(fc.array(anyMachine), fc.array(anyReservation), (machines, reserved) => {
        const now = countServers('small', machines, reserved);
        const withheld = now.reservations - now.usedReservations;
        expect(now.free).toBe(Math.max(now.allocatable - withheld, 0));
        expect(now.usedReservations).toBeLessThanOrEqual(Math.min(now.reservations, now.allocated));
        for (const project of ['P1', 'P2', 'P3']) {
          expect(countServers('small', machines, reserved, project).free).toBeGreaterThanOrEqual(now.free);
        }
      }),
    );
  });

  it('groups machines without losing or duplicating any', () => {
    fc.assert(
      fc.property(fc.array(anyMachine), (machines) => {
        const groups = groupBy(machines, ({ sizeId }) => sizeId);
        expect(groups.flatMap(([, group]) => group).length).toBe(machines.length);
        expect(groups.map(([key]) => key)).toEqual([...new Set(machines.map(({ sizeId }) => sizeId))].sort());
        for (const [key, group] of groups) expect(group.every(({ sizeId }) => sizeId === key)).toBe(true);
      }),
    );
  });
});
