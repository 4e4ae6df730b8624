import type { CommandMessage } from '../platform/bus/bus.js';
import { bmcTarget } from './bmc/bmc-target.js';
import type { BmcTarget, FirmwareImage } from './bmc/bmc-driver.js';

/** A command as the agent executes it: an action and the BMC to act on. */
export interface AgentCommand {
  /** `RECLAIM`, or the name of a command such as `RESET`. */
  readonly action: string;
  readonly target: BmcTarget;
  /** Details of the action, such as `graceful`. */
  readonly params: readonly string[];
  /** With `UPDATE-FIRMWARE`. */
  readonly image?: FirmwareImage | undefined;
}

/** Maximum length of the address of a firmware file. */
const MAX_URL = 8192;

/** Parses the payload of a command. Throws an Error that names the defect and contains no secrets. */
export function parseAgentCommand(
  { payload, machine }: Pick<CommandMessage, 'payload' | 'machine'>,
  policy: { allowIpmi15?: boolean } = {},
): AgentCommand {
  const { type, cmd } = payload;
  if (!isObject(cmd)) throw new Error('the command has no "cmd"');
  if (!isObject(cmd['ipmi'])) throw new Error('the command has no "cmd.ipmi"');
  const target = { ...bmcTarget(cmd['ipmi'], policy), machine };
  if (type === 'delete') return { action: 'RECLAIM', target, params: [] };
  if (type !== 'command') {
    throw new Error(`unknown command type ${JSON.stringify(type)}, expected "command" or "delete"`);
  }
  const action = String(cmd['cmd']);
  const image = action === 'UPDATE-FIRMWARE' ? imageOf(cmd['firmwareupdate']) : undefined;
  return { action, target, params: textsOf(cmd['params']), ...(image && { image }) };
}

function imageOf(update: unknown): FirmwareImage {
  if (!isObject(update)) throw new Error('the command has no "cmd.firmwareupdate"');
  const { kind, url } = update;
  if (kind !== 'bios' && kind !== 'bmc') throw new Error('"cmd.firmwareupdate.kind" is invalid, expected bios or bmc');
  if (typeof url !== 'string' || url.length > MAX_URL || !/^https?:\/\/[^\s/]+\/\S*$/.test(url)) {
    throw new Error('"cmd.firmwareupdate.url" is invalid, expected a URL of HTTP or HTTPS');
  }
  return { kind, url };
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string').slice(0, 20) : [];

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
