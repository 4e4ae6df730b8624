import { isReclaim } from './command.js';
import type { Command, CommandIpmiBlock } from './command.js';

/**
 * Builds the message of a command for agents of either generation (docs/reference/message-bus.md#command-payload): it
 * works for consumers that only read `old`, `cmd.target`, `cmd.cmd`, `cmd.params` or `cmd.ipmi`. `cmd` and `cmd.ipmi`
 * are always present, because consumers crash without them.
 */
export function commandPayload(
  command: Command,
  ipmi: CommandIpmiBlock,
  firmwareUrl?: string,
): Record<string, unknown> {
  const { machine, type, params, firmware } = command;
  const cmd = {
    target: machine,
    ...(command.command !== undefined && { cmd: command.command }),
    ...(params.length > 0 && { params }),
    ipmi,
    ...(firmware && { firmwareupdate: { kind: firmware.kind, url: firmwareUrl } }),
  };
  return { type, ...(isReclaim(command) && { old: machine }), cmd };
}
