import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../bench/result.js';
import { readResult } from '../bench/result.js';

const RESULTS = 'docs/performance';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plots-'));
  cpSync(RESULTS, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

function check() {
  const args = ['scripts/performance-plots.mjs', '--check', '--results', folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

const files = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => join(folder, file));

/** Changes each committed result. */
function change(edit: (result: Result) => Result): void {
  for (const file of files()) writeFileSync(file, JSON.stringify(edit(readResult(file))));
}

const doubled = (key: 'value' | 'p99' | 'stall') =>
  change((result) => ({
    ...result,
    figures: result.figures.map((figure) => ({ ...figure, [key]: figure[key] && figure[key] * 2 })),
  }));

describe('plots and tables of the performance', () => {
  it('are what the committed results make', () => {
    expect(check()).toEqual({ status: 0, output: '' });
  });

  it.each([
    ['value', 'rates.svg'],
    ['value', 'allocations.svg'],
    ['p99', 'latencies.svg'],
    ['stall', 'stalls.svg'],
    ['value', 'docs/performance/results.md'],
  ] as const)('fail the check if a result has another %s (%s)', (key, file) => {
    doubled(key);
    const { status, output } = check();
    expect(output).toContain(`${file} is not what the results make: npm run performance-plots`);
    expect(status).toBe(1);
  });

  it('fail the check if a result is missing', () => {
    for (const file of files()) rmSync(file);
    expect(check()).toMatchObject({ status: 1, output: expect.stringContaining('has no results') as string });
  });
});

describe('committed results', () => {
  it.each(readdirSync(RESULTS).filter((file) => file.endsWith('.json')))('%s is named after its content', (file) => {
    const { product, engine, machines } = JSON.parse(readFileSync(join(RESULTS, file), 'utf8')) as Result;
    expect(file).toBe(`${product.version}-${engine.name}-${machines}.json`);
  });
});
