import { malformed } from '../../../shared/errors/domain-error.js';
import { quoteText } from '../../../shared/text.js';

/** Commands that select what a machine boots from. */
export const BOOT_COMMANDS = ['BIOS', 'DISK', 'PXE'] as const;

/** Power and boot commands. */
export const POWER_COMMANDS = ['ON', 'OFF', 'RESET', 'CYCLE', ...BOOT_COMMANDS] as const;

export const PERSISTENCES = ['once', 'continuous'] as const;

export type PowerCommandName = (typeof POWER_COMMANDS)[number];

/** A power or boot command with its parameters, as agents know them. */
export interface PowerCommand {
  readonly name: PowerCommandName;
  readonly params: readonly string[];
}

/** Options of a command: `graceful` shuts the operating system down, `persistence` says how long a boot device counts. */
export interface PowerOptions {
  readonly graceful: boolean;
  readonly persistence?: string | undefined;
}

/** Throws `malformed` for an unknown command, and for an option that the command does not have. */
export function powerCommand(name: string, { graceful, persistence }: PowerOptions): PowerCommand {
  if (!isOneOf(POWER_COMMANDS, name)) throw unexpected('command', name, POWER_COMMANDS);
  if (graceful && name !== 'OFF') throw malformed(`graceful is only possible with command OFF, got ${name}`);
  if (persistence === undefined) return { name, params: graceful ? ['graceful'] : [] };
  if (!isOneOf(BOOT_COMMANDS, name)) {
    throw malformed(`persistence is only possible with commands ${BOOT_COMMANDS.join(', ')}, got ${name}`);
  }
  if (!isOneOf(PERSISTENCES, persistence)) throw unexpected('persistence', persistence, PERSISTENCES);
  return { name, params: [persistence] };
}

const isOneOf = <T extends string>(values: readonly T[], value: string): value is T =>
  (values as readonly string[]).includes(value);

const unexpected = (member: string, value: string, expected: readonly string[]) =>
  malformed(`${member} is ${quoteText(value, 40)}, expected one of ${expected.join(', ')}`);
