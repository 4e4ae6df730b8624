import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNS } from '../support/property-seed.js';
import { WaitingWorld } from '../support/waiting-world.js';
import type { Happening } from '../support/waiting-world.js';

const MACHINES = 4;

/** Fewer do not end in every way. */
const STORIES = 10;

const replica = fc.nat(1);
const pick = fc.nat(20);
const join: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('join' as const),
  replica,
  count: fc.integer({ min: 1, max: 3 }),
  wait: fc.constantFrom(20_000, 3600_000),
});
const newcomer: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('newcomer' as const),
  replica,
  count: fc.integer({ min: 1, max: 2 }),
});
const change = (kind: 'free' | 'cancel'): fc.Arbitrary<Happening> =>
  fc.record({ kind: fc.constant(kind), replica, pick });
const time: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('time' as const),
  milliseconds: fc.constantFrom(1_000, 12_000),
});
const crash: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('crash' as const),
  replica,
  crash: fc.record({ atWrite: fc.nat(20), carriedOut: fc.boolean() }),
});
const happening = fc.oneof(
  { arbitrary: join, weight: 6 },
  { arbitrary: newcomer, weight: 2 },
  { arbitrary: change('free'), weight: 6 },
  { arbitrary: change('cancel'), weight: 1 },
  { arbitrary: time, weight: 1 },
  { arbitrary: crash, weight: 1 },
);
const story = fc.array(fc.array(happening, { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 30 });

describe('the waiting list on two replicas', () => {
  it('serves in order, every request once or not at all, whatever happens', async () => {
    const outcomes: Record<string, number> = {};
    const run = async (moments: readonly (readonly Happening[])[]): Promise<void> => {
      const world = await WaitingWorld.start(MACHINES);
      try {
        for (const moment of moments) await world.happen(moment);
        await world.end();
        expect(world.violations).toEqual([]);
        for (const [state, count] of Object.entries(world.outcomes)) outcomes[state] = (outcomes[state] ?? 0) + count;
      } finally {
        await world.close();
      }
    };
    await fc.assert(fc.asyncProperty(story, run), {
      numRuns: Math.max(STORIES, Math.ceil(RUNS / 10)),
      endOnFailure: true,
    });
    expect(outcomes).toMatchObject({
      served: expect.any(Number) as number,
      expired: expect.any(Number) as number,
      cancelled: expect.any(Number) as number,
    });
  }, 240_000);
});
