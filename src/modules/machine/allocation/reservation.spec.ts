import { describe, expect, it } from 'vitest';
import { reservationsAllow } from './reservation.js';

describe('reservationsAllow', () => {
  it('follows the example of docs/reference/machine-allocation.md#size-reservations', () => {
    const reservations = [
      { projectId: 'P1', amount: 1 },
      { projectId: 'P2', amount: 2 },
    ];
    const used = new Map<string, number>();
    let available = 5;
    const attempt = (project: string): boolean => {
      const allowed = reservationsAllow(reservations, (id) => used.get(id) ?? 0, project, available);
      if (allowed) {
        used.set(project, (used.get(project) ?? 0) + 1);
        available--;
      }
      return allowed;
    };
    const sequence = ['P0', 'P2', 'P0', 'P0', 'P2', 'P0', 'P2', 'P1'];
    expect(sequence.map(attempt)).toEqual([true, true, true, false, true, false, false, true]);
  });

  it('adds up several reservations of one project', () => {
    const twice = [
      { projectId: 'P1', amount: 2 },
      { projectId: 'P1', amount: 2 },
    ];
    expect(reservationsAllow(twice, () => 3, 'P0', 2)).toBe(true);
    expect(reservationsAllow(twice, () => 3, 'P0', 1)).toBe(false);
  });

  it('does not let a project that exceeds its own reservation use up the reservation of another', () => {
    const reservations = [
      { projectId: 'P1', amount: 1 },
      { projectId: 'P2', amount: 1 },
    ];
    const used = (id: string): number => (id === 'P2' ? 5 : 0);
    expect(reservationsAllow(reservations, used, 'P0', 1)).toBe(false);
    expect(reservationsAllow(reservations, used, 'P1', 1)).toBe(true);
  });

  it('keeps machines for requests ahead on the waiting list, except from projects with an open reservation', () => {
    const reservations = [{ projectId: 'P1', amount: 1 }];
    const allowed = (project: string, available: number, awaited: number): boolean =>
      reservationsAllow(reservations, () => 0, project, available, awaited);
    expect([allowed('P0', 4, 2), allowed('P0', 3, 2)]).toEqual([true, false]);
    expect([allowed('P1', 1, 2), allowed('P1', 0, 0)]).toEqual([true, false]);
  });
});
