import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { OptionError } from './usage-error.js';

/** The values of a command's options. Throws OptionError for an unknown one, a missing value or anything else. */
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
