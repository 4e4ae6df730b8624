#!/usr/bin/env node
import { COMMANDS, overview } from './cli/commands.js';
import { OptionError, UsageError } from './cli/usage-error.js';
import { scrub } from './platform/telemetry/scrub.js';
import { isDomainError } from './shared/errors/domain-error.js';

const HELP = ['--help', '-h'];

const [first = '', ...rest] = process.argv.slice(2);
/** `help serve` is `serve --help`, `--version` is `version`. */
const [name, args] =
  first === 'help' && rest[0] !== undefined ? [rest[0], HELP] : [first === '--version' ? 'version' : first, rest];

/** Runs what the command line asks for; resolves to the exit code. */
async function main(): Promise<number> {
  if (name === 'help' || HELP.includes(name)) return print(overview());
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new UsageError(`${name === '' ? 'which command?' : `there is no command "${name}"`}\n\n${overview()}`);
  }
  const { USAGE, run } = await command.load();
  if (args.some((argument) => HELP.includes(argument))) return print(USAGE);
  try {
    return await run(args);
  } catch (error) {
    throw error instanceof OptionError ? new UsageError(`${error.message}\n\n${USAGE}`) : error;
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** What the operator can do something about is told in words; anything else is a bug, and shows where. */
function inWords(error: unknown): string {
  const { name: kind, message, stack } = error instanceof Error ? error : new Error(String(error));
  const expected =
    error instanceof UsageError || kind === 'ConfigError' || (isDomainError(error) && error.kind !== 'internal');
  return scrub(expected ? message : (stack ?? message));
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(
    `${['metal-api', ...(Object.hasOwn(COMMANDS, name) ? [name] : [])].join(' ')}: ${inWords(error)}\n`,
  );
  process.exitCode = 2;
}
