import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { processors } from './report.js';
import { jsonOf } from './result.js';
import type { Result, Setting } from './result.js';

/** Where and when a run takes place. */
export const here = (quick: boolean): Pick<Setting, 'effort' | 'node' | 'processors' | 'date'> => ({
  effort: quick ? 'quick' : 'full',
  node: process.version,
  processors: processors(),
  date: `${new Date().toISOString().slice(0, 19)}Z`,
});

/** Writes a result; `{version}`, `{engine}` and `{machines}` in the name of the file are filled in. */
export function writeResult(pattern: string, result: Result): void {
  const file = pattern
    .replaceAll('{version}', result.product.version)
    .replaceAll('{engine}', result.engine.name)
    .replaceAll('{machines}', String(result.machines));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, jsonOf(result));
}
