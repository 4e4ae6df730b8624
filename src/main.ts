#!/usr/bin/env node
import { COMMANDS, usage } from './cli/commands.js';
import { UsageError } from './cli/usage-error.js';

const [name = '', ...args] = process.argv.slice(2);

async function main(): Promise<number> {
  if (name === '--version') return (await COMMANDS.version!.load()).run(args);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    process.stderr.write(usage(name));
    return name === 'help' || name === '--help' ? 0 : 2;
  }
  return (await command.load()).run(args);
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = error instanceof UsageError || (error instanceof Error && error.name === 'ConfigError');
  process.stderr.write(`metal-api ${name}: ${expected ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exitCode = 2;
}
