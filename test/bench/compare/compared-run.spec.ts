import { describe, expect, it } from 'vitest';
import { readOptions } from '../options.js';
import type { FleetOptions } from '../options.js';
import { perSecond } from '../quantity.js';
import { resultOf } from '../result.js';
import type { Result } from '../result.js';
import { comparedRun } from './compared-run.js';

const OPTIONS = readOptions(['--only', 'reads,events']) as FleetOptions;

function result(reads: number, events: number): Result {
  const figures = (value: number) => [{ what: 'rate', value: perSecond(value), reference: perSecond(100) }];
  return resultOf(
    {
      product: { name: 'metal-api', version: '1.2.3' },
      engine: { name: 'embedded', version: '3.0.0' },
      machines: 1000,
      effort: 'quick',
      node: 'v24.0.0',
      processors: '2 × unknown',
      date: '2026-01-02T03:04:05Z',
    },
    [
      { section: 'reads', figures: figures(reads) },
      { section: 'events', figures: figures(events) },
    ],
  );
}

/** Compares attempts with a run of 100 and 100; returns the verdict and the sections of each further attempt. */
async function compared(first: Result, ...further: Result[]) {
  const again: string[] = [];
  const { failed } = await comparedRun(result(100, 100), first, OPTIONS, async ({ sections }) => {
    again.push([...sections].join());
    const next = further.shift();
    if (!next) throw new Error('measured too often');
    return next;
  });
  return { failed, again };
}

describe('a run that is compared', () => {
  it('is measured once if nothing is lost', async () => {
    expect(await compared(result(90, 90))).toEqual({ failed: false, again: [] });
  });

  it('measures sections with a loss again', async () => {
    expect(await compared(result(90, 50), result(0.1, 90))).toEqual({ failed: false, again: ['events'] });
  });

  it('counts the best attempt of each figure', async () => {
    expect(await compared(result(50, 50), result(90, 50), result(0.1, 90))).toEqual({
      failed: false,
      again: ['reads,events', 'events'],
    });
  });

  it('is refused if there is nothing to compare', async () => {
    const nothing = { ...result(100, 100), figures: [] };
    const measure = () => Promise.reject(new Error('measured again'));
    await expect(comparedRun(nothing, result(100, 100), OPTIONS, measure)).rejects.toThrow(
      'no ratios of reads, events',
    );
  });

  it('fails if the loss is there in three attempts', async () => {
    expect(await compared(result(84, 100), result(80, 100), result(70, 100))).toEqual({
      failed: true,
      again: ['reads', 'reads'],
    });
  });
});
