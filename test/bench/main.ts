import { writeFileSync } from 'node:fs';
import { ipam } from './ipam.js';
import { readOptions, USAGE } from './options.js';
import type { Options } from './options.js';
import { heading } from './report.js';
import { run } from './run.js';

async function main(options: Options): Promise<void> {
  const parts = [heading(options)];
  console.log(parts[0]);
  const addresses = await ipam(options.engine, options.quick, (text) => void process.stderr.write(`… ipam: ${text}\n`));
  console.log(addresses);
  parts.push(addresses);
  for (const machines of options.machines) {
    const progress = (text: string): void => void process.stderr.write(`… ${machines} machines: ${text}\n`);
    const part = await run(machines, options, progress);
    console.log(part);
    parts.push(part);
  }
  if (options.output !== undefined) writeFileSync(options.output, parts.join('\n'));
}

let options: Options | undefined;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}
if (options) await main(options);
