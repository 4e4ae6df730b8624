import { describe, expect, it } from 'vitest';
import { describeFault, FAULTS } from './fault.js';
import type { Fault } from './fault.js';
import { faultPlan, faultsBefore } from './fault-plan.js';
import type { FaultSite } from './fault-plan.js';

const HOUR = 3_600_000;

const siteOf = (machines: number): FaultSite => ({
  partition: 'lab',
  machines: Array.from({ length: machines }, (_, n) => `machine-${n}`),
  switches: [1, 2].map((n) => ({ name: `leaf-${n}`, ports: ['Ethernet0', 'Ethernet4'] })),
});

const planOf = (seed: number, hours = 5, site = siteOf(8)): Fault[] =>
  faultsBefore(hours * HOUR, faultPlan(seed, site));

const kindsOf = (faults: readonly Fault[]): string[] => [...new Set(faults.map(({ kind }) => kind))].sort();

describe('faultPlan', () => {
  it('yields the same faults for the same seed, and others for another one', () => {
    expect(planOf(7)).toEqual(planOf(7));
    expect(planOf(7)).not.toEqual(planOf(8));
  });

  it('does not depend on how far it is read', () => {
    expect(planOf(7, 5).slice(0, 40)).toEqual(planOf(7, 1).slice(0, 40));
  });

  it('is in the order of time, with all kinds', () => {
    const faults = planOf(1);
    expect(faults.map(({ at }) => at)).toEqual(faults.map(({ at }) => at).sort((a, b) => a - b));
    expect(kindsOf(faults)).toEqual(Object.keys(FAULTS).sort());
  });

  it('has each kind before any kind again', () => {
    const others = planOf(3).filter(({ kind }) => kind !== 'partition cut off');
    const dealt = Object.keys(FAULTS).length - 1;
    for (let first = 0; first + dealt <= others.length; first += dealt)
      expect(kindsOf(others.slice(first, first + dealt))).toHaveLength(dealt);
  });

  it('cuts the partition off for ten minutes, and leaves it alone for half an hour at least', () => {
    const cuts = planOf(5).filter(({ kind }) => kind === 'partition cut off');
    expect(cuts.length).toBeGreaterThan(3);
    for (const [n, { at, lasts }] of cuts.entries()) {
      expect(lasts).toBe(600_000);
      if (n > 0) expect(at - cuts[n - 1]!.at).toBeGreaterThanOrEqual(600_000 + 1_800_000);
    }
  });

  it('concerns parts of the site only, for as long as the kind may last', () => {
    const site = siteOf(4);
    const leaves = site.switches.map(({ name }) => name);
    for (const { kind, subject, detail, lasts } of planOf(11, 5, site)) {
      const {
        scope,
        lasts: [shortest, longest],
      } = FAULTS[kind];
      expect(lasts).toBeGreaterThanOrEqual(shortest * 1000);
      expect(lasts).toBeLessThanOrEqual(longest * 1000);
      const subjects = { partition: ['lab'], switch: leaves, link: leaves }[scope as string] ?? site.machines;
      expect(subjects).toContain(subject);
      if (scope === 'link') expect(['Ethernet0', 'Ethernet4']).toContain(detail);
      if (scope === 'two machines') expect(site.machines.filter((id) => id !== subject)).toContain(detail);
    }
  });

  it('leaves out what takes two machines when there is one', () => {
    expect(kindsOf(planOf(1, 5, siteOf(1)))).not.toContain('UUID of another machine');
  });

  it('disturbs large partitions more often, within limits', () => {
    const [small, large, huge] = [2, 200, 5000].map((machines) => planOf(1, 1, siteOf(machines)).length);
    expect(large).toBeGreaterThan(2 * small!);
    expect(Math.abs(huge! - large!)).toBeLessThan(large! / 10);
  });
});

describe('describeFault', () => {
  it('says when, what, where and how long', () => {
    const fault = { kind: 'link lost', at: 65_000, lasts: 90_000, subject: 'leaf-1', detail: 'Ethernet4' } as const;
    expect(describeFault(fault)).toBe('+00:01:05 link lost: leaf-1 (Ethernet4) for 90 s');
    expect(describeFault({ kind: 'switch replaced', at: 0, lasts: 0, subject: 'leaf-1' })).toBe(
      '+00:00:00 switch replaced: leaf-1',
    );
    expect(describeFault({ kind: 'clocks wrong', at: 0, lasts: 60_000, subject: 'lab', skew: -30_000 })).toBe(
      '+00:00:00 clocks wrong: lab for 60 s, 30 s behind',
    );
  });
});
