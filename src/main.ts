#!/usr/bin/env node
import { CLI_COMMANDS, overview } from './cli/commands.js';
import { OptionError, UsageError } from './cli/usage-error.js';
import { redactText } from './platform/telemetry/redact-text.js';
import { keepAlive } from './shared/concurrency/timers.js';
import { isDomainError } from './shared/errors/domain-error.js';

const HELP = ['--help', '-h'];

const [first = '', ...rest] = process.argv.slice(2);
/** `help serve` means `serve --help`, `--version` means `version`. */
const [name, args] =
  first === 'help' && rest[0] !== undefined ? [rest[0], HELP] : [first === '--version' ? 'version' : first, rest];

/** Runs the command of the command line; resolves to the exit code. */
async function main(): Promise<number> {
  if (name === 'help' || HELP.includes(name)) return print(overview());
  const command = Object.hasOwn(CLI_COMMANDS, name) ? CLI_COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new UsageError(`${name === '' ? 'no command given' : `unknown command "${name}"`}\n\n${overview()}`);
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

/** Formats an error: only the message if the operator can fix it; otherwise it is a bug, shown with its stack trace. */
function inWords(error: unknown): string {
  const { name: kind, message, stack } = error instanceof Error ? error : new Error(String(error));
  const expected =
    error instanceof UsageError || kind === 'ConfigError' || (isDomainError(error) && error.kind !== 'internal');
  return redactText(expected ? message : (stack ?? message));
}

// Timers of waits, such as those for a database that is not up yet, do not keep the process alive; the command does.
const letGo = keepAlive();
try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(
    `${['metal-api', ...(Object.hasOwn(CLI_COMMANDS, name) ? [name] : [])].join(' ')}: ${inWords(error)}\n`,
  );
  process.exitCode = 2;
} finally {
  letGo();
}
