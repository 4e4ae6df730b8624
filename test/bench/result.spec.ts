import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bytes, milliseconds, perSecond } from './quantity.js';
import { table } from './report.js';
import type { Figure } from './report.js';
import { jsonOf, readResult, resultOf } from './result.js';

const FIGURES: Figure[] = [
  {
    what: 'allocate',
    value: perSecond(50.1234567, 'pairs'),
    latency: { p50: 12.3456789, p99: 40 },
    stall: 3,
    reference: perSecond(100, 'durable writes'),
    target: { text: 'no errors of 9', met: true },
  },
  { what: '  free', value: milliseconds(8), latency: { p50: 8, p99: 20 } },
  { what: 'memory', value: bytes(5e6), reference: 'much' },
  { what: 'fsck', value: 'consistent' },
];

it('has numbers, units, and full names', () => {
  const setting = {
    product: { name: 'metal-api', version: '1.2.3' },
    engine: { name: 'embedded', version: '3.0.0' },
    machines: 1000,
    effort: 'full',
    node: 'v24.0.0',
    processors: '2 × unknown',
    date: '2026-01-02T03:04:05Z',
  } as const;
  const result = resultOf(setting, [{ section: 'allocations', figures: FIGURES }]);
  expect(result).toEqual({
    format: 1,
    ...setting,
    figures: [
      {
        ...{ section: 'allocations', name: 'allocate', value: 50.123, unit: '/s', of: 'pairs' },
        ...{ p50: 12.346, p99: 40, stall: 3, ratio: 0.50123, compared: true },
        reference: { value: 100, unit: '/s', of: 'durable writes', sameRun: true },
        target: { text: 'no errors of 9', met: true },
      },
      { section: 'allocations', name: 'allocate: free', value: 8, unit: 'ms', p50: 8, p99: 20 },
      { section: 'allocations', name: 'memory', value: 5_000_000, unit: 'bytes' },
      { section: 'allocations', name: 'fsck', text: 'consistent' },
    ],
  });
  const folder = mkdtempSync(join(tmpdir(), 'result-'));
  writeFileSync(join(folder, 'a.json'), jsonOf(result));
  expect(readResult(join(folder, 'a.json'))).toEqual(result);
  rmSync(folder, { recursive: true });
});

it('is a table without empty columns', () => {
  expect(table('A', FIGURES.slice(1))).toBe(
    [
      '## A',
      '',
      '|        | value      | p50     | p99     | reference |',
      '|--------|------------|---------|---------|-----------|',
      '|   free | 8.00 ms    | 8.00 ms | 20.0 ms |           |',
      '| memory | 5.0 MB     |         |         | much      |',
      '| fsck   | consistent |         |         |           |',
      '',
    ].join('\n'),
  );
});
