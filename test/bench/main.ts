import { writeFileSync } from 'node:fs';
import { UsageError } from '../../src/cli/usage-error.js';
import { measureFleets } from './fleets.js';
import { readOptions, USAGE } from './options.js';
import type { Options } from './options.js';
import { measureRemote } from './remote/measure-remote.js';

async function main(options: Options): Promise<void> {
  const parts = options.kind === 'remote' ? await measureRemote(options) : await measureFleets(options);
  if (options.output !== undefined) writeFileSync(options.output, parts.join('\n'));
}

let options: Options | undefined;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}
try {
  if (options) await main(options);
} catch (error) {
  // What the caller can correct needs no stack.
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
