import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { OptionError } from './usage-error.js';

/** Parses a command's options. Throws OptionError for unknown options, missing values and positional arguments. */
export function readOptions<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new OptionError((error as Error).message);
  }
}

/** Like `readOptions`, for commands that take positional arguments as well. */
export function readArguments<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new OptionError((error as Error).message);
  }
}
