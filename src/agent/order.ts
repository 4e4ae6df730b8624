import type { CommandMessage } from '../platform/bus/bus.js';
import { bmcTarget } from './bmc/bmc-target.js';
import type { BmcTarget } from './bmc/bmc.js';

/** What is to be done with a machine. */
export interface Order {
  /** `delete`, or the name of a command such as `RESET`. */
  readonly action: string;
  readonly target: BmcTarget;
}

/** Reads the payload of a command. Throws an Error that says what is wrong with it, without secrets. */
export function readOrder({ payload }: Pick<CommandMessage, 'payload'>, policy: { allowIpmi15?: boolean } = {}): Order {
  const { type, cmd } = payload;
  if (!isObject(cmd)) throw new Error('the command has no "cmd"');
  if (!isObject(cmd['ipmi'])) throw new Error('the command has no "cmd.ipmi"');
  const target = bmcTarget(cmd['ipmi'], policy);
  if (type === 'delete') return { action: 'delete', target };
  if (type !== 'command') throw new Error(`type ${JSON.stringify(type)} of the command is unknown`);
  return { action: String(cmd['cmd']), target };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
