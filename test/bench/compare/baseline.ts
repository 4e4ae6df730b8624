import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../src/cli/usage-error.js';
import { readResult } from '../result.js';
import type { Result } from '../result.js';

/** The result of an earlier run, and its file. */
export interface Baseline {
  readonly file: string;
  readonly result: Result;
}

/**
 * Reads what to compare a run with: a file, or the latest result of a folder for this engine and number of machines. Throws
 * a UsageError if there is none.
 */
export function readBaseline(path: string, engine: string, machines: number): Baseline {
  const files = filesAt(path);
  const all = files.map((file) => ({ file, result: readResult(file) }));
  const fitting = all.filter(({ result }) => result.engine.name === engine && result.machines === machines);
  const [latest] = fitting.sort((a, b) => b.result.date.localeCompare(a.result.date));
  if (latest) return latest;
  const found = all.map(({ result }) => `${result.engine.name} with ${result.machines} machines`);
  throw new UsageError(
    `--compare is "${path}", which has no result of ${engine} with ${machines} machines, ` +
      `but ${found.length > 0 ? found.join(', ') : 'none at all'}`,
  );
}

function filesAt(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new UsageError(`--compare is "${path}", which does not exist`);
  if (!found.isDirectory()) return [path];
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .map((file) => join(path, file));
}
