import { writeFileSync } from 'node:fs';
import { ipam } from './ipam.js';
import { readOptions, USAGE } from './options.js';
import type { Options } from './options.js';
import { heading } from './report.js';
import { run, stepsIn } from './run.js';
import { ProgressReporter } from '../../src/cli/progress-reporter.js';

const reporter = new ProgressReporter(process.stderr);

/** Shows steps by name, with the time that is left if their number is known. */
function stepsOf(task: string, total?: number): (text: string) => void {
  let done = 0;
  return (text) => {
    reporter.update(task, Math.min(done, total ?? done), total ?? done + 1, text);
    done++;
  };
}

async function main(options: Options): Promise<void> {
  const parts = [heading(options)];
  console.log(parts[0]);
  if (options.sections.has('ipam')) {
    const addresses = await ipam(options.engine, options.quick, stepsOf('ipam'));
    reporter.endLine();
    console.log(addresses);
    parts.push(addresses);
  }
  if (options.sections.size > Number(options.sections.has('ipam'))) {
    for (const machines of options.machines) {
      const part = await run(machines, options, stepsOf(`${machines} machines`, stepsIn(options)));
      reporter.endLine();
      console.log(part);
      parts.push(part);
    }
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
