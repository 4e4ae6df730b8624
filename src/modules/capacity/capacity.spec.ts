import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classServers, countServers, grouped } from './capacity.js';
import type { CountedMachine, ReservedMachines } from './capacity.js';

const machine = (id: string, more: Partial<CountedMachine> = {}): CountedMachine => ({
  id,
  partitionId: 'fra',
  sizeId: 'small',
  project: undefined,
  faulty: false,
  allocatable: false,
  lastEvent: 'Waiting',
  ...more,
});

const free = (id: string) => machine(id, { allocatable: true });
const used = (id: string, project: string) => machine(id, { project, lastEvent: 'Phoned Home' });

describe('capacity of one size (reference/30 §1.3)', () => {
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

  it('keeps reserved machines from others than their owner', () => {
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

  it('counts a machine once against several reservations of its project', () => {
    const twice = [
      { projectId: 'P1', amount: 1 },
      { projectId: 'P1', amount: 1 },
    ];
    expect(countServers('small', [free('a'), used('b', 'P1')], twice)).toMatchObject({ free: 0, usedReservations: 1 });
  });

  const anyMachine: fc.Arbitrary<CountedMachine> = fc.record({
    id: fc.uuid(),
    partitionId: fc.constantFrom('fra', 'muc'),
    sizeId: fc.constantFrom('small', 'large', 'unknown'),
    project: fc.constantFrom(undefined, 'P1', 'P2'),
    faulty: fc.boolean(),
    allocatable: fc.boolean(),
    lastEvent: fc.constantFrom(undefined, 'Waiting', 'Phoned Home', 'Crashed'),
  });
  const anyReservation: fc.Arbitrary<ReservedMachines> = fc.record({
    projectId: fc.constantFrom('P1', 'P2', 'P3'),
    amount: fc.integer({ min: 1, max: 5 }),
  });

  it('has classes that are disjoint and sum up to the total', () => {
    fc.assert(
      fc.property(fc.array(anyMachine), fc.array(anyReservation), (machines, reserved) => {
        const now = countServers('small', machines, reserved);
        expect(now.allocated + now.allocatable + now.unavailable).toBe(machines.length);
        expect(now.phonedHome + now.waiting + now.other).toBe(machines.length);
        expect(now.free).toBeLessThanOrEqual(now.allocatable);
        expect(now.usedReservations).toBeLessThanOrEqual(Math.min(now.reservations, now.allocated));
        const then = classServers('small', machines);
        expect(then.allocated + then.faulty + then.free + then.other).toBe(machines.length);
      }),
    );
  });

  it('groups without losing or repeating a machine', () => {
    fc.assert(
      fc.property(fc.array(anyMachine), (machines) => {
        const groups = grouped(machines, ({ sizeId }) => sizeId);
        expect(groups.flatMap(([, group]) => group).length).toBe(machines.length);
        expect(groups.map(([key]) => key)).toEqual([...new Set(machines.map(({ sizeId }) => sizeId))].sort());
        for (const [key, group] of groups) expect(group.every(({ sizeId }) => sizeId === key)).toBe(true);
      }),
    );
  });
});
