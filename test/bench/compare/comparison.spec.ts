import { describe, expect, it } from 'vitest';
import { microseconds, milliseconds, perSecond } from '../quantity.js';
import type { Quantity } from '../quantity.js';
import type { Figure } from '../report.js';
import { resultOf } from '../result.js';
import type { Result } from '../result.js';
import { better, compare, lost } from './comparison.js';
import { verdict } from './verdict.js';

const SETTING = {
  product: { name: 'metal-api', version: '1.2.3' },
  engine: { name: 'embedded', version: '3.0.0' },
  machines: 1000,
  effort: 'quick',
  node: 'v24.0.0',
  processors: '2 × unknown',
  date: '2026-01-02T03:04:05Z',
} as const;

const result = (...figures: Figure[]): Result => resultOf(SETTING, [{ section: 'reads', figures }]);
const figure = (value: Quantity, reference: Quantity, more: Partial<Figure> = {}): Figure => ({
  what: 'get',
  value,
  reference,
  ...more,
});
const rate = (ours: number, bare = 1000): Figure => figure(perSecond(ours), perSecond(bare));
const time = (ours: number, bare = 10): Figure => figure(milliseconds(ours), milliseconds(bare));
const lossesBetween = (before: Figure, now: Figure) => lost(compare(result(before), result(now)));

describe('a comparison of two runs', () => {
  it.each([
    ['a rate that lost 14 %', rate(500), rate(430), 0],
    ['a rate that lost 16 %', rate(500), rate(420), 1],
    ['a time that is 14 % longer', time(20), time(22.8), 0],
    ['a time that is 16 % longer', time(20), time(23.2), 1],
    ['a rate that doubled', rate(500), rate(1000), 0],
    ['a time that halved', time(20), time(10), 0],
    ['the same ratio on a computer half as fast', rate(500, 1000), rate(250, 500), 0],
    ['half the ratio on a computer twice as fast', rate(500, 1000), rate(500, 2000), 1],
    ['a reference that was not measured', rate(500), rate(500, 0), 1],
  ])('of %s', (_, before, now, count) => expect(lossesBetween(before, now)).toHaveLength(count));

  it('leaves out figures without a reference of the same run, and those that a few requests decide', () => {
    const published = { ...perSecond(100), published: true } as const;
    const figures = [
      figure(perSecond(500), published),
      figure(perSecond(500), microseconds(1)),
      figure(milliseconds(50), milliseconds(10), { isUnsteady: true }),
      { what: 'plain', value: perSecond(500) },
    ];
    for (const one of figures) expect(compare(result(one), result())).toEqual([]);
  });

  it('names a row that is missing', () => {
    const rows = compare(result(rate(500)), result());
    expect(lost(rows)).toMatchObject([{ section: 'reads', name: 'get', before: 0.5, now: undefined }]);
    expect(verdict({ file: 'old.json', result: result() }, rows)).toContain('LOST reads, get: missing, was 0.500');
  });

  it('names the row, both ratios and what to do', () => {
    const text = verdict({ file: 'old.json', result: result() }, compare(result(rate(500)), result(rate(400))));
    expect(text).toContain('LOST reads, get: ratio 0.400, was 0.500: 20 % worse');
    expect(text).toContain('npm run bench -- --quick --only reads --profile FOLDER');
  });

  it('says so if nothing was lost', () => {
    const text = verdict({ file: 'old.json', result: result() }, compare(result(rate(500)), result(rate(600))));
    expect(text).toContain('ok   reads, get: ratio 0.600, was 0.500: 20 % better');
    expect(text).toContain('All 1 ratios are within 15 % of 1.2.3, or better.');
  });

  it('covers the sections that were measured', () => {
    expect(compare(result(rate(500)), result(), new Set(['events']))).toEqual([]);
    expect(compare(result(rate(500)), result(), new Set(['reads']))).toHaveLength(1);
  });

  it('counts the better of two attempts', () => {
    const attempt = (ours: number) => compare(result(rate(500)), result(rate(ours)));
    expect(better(attempt(400), attempt(480))).toEqual(attempt(480));
    expect(better(attempt(480), attempt(400))).toEqual(attempt(480));
    expect(better(attempt(400), [])).toEqual(attempt(400));
  });
});
