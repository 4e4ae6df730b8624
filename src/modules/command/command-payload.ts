import type { Command, IpmiBlock } from './command.js';

/**
 * The message of a command for agents of either generation (reference/40 §3.3): whoever reads only `old`, `cmd.target`,
 * `cmd.cmd`, `cmd.params` or `cmd.ipmi` finds it. `cmd` and `cmd.ipmi` are always there, consumers crash without.
 */
export function commandPayload(command: Command, ipmi: IpmiBlock, firmwareUrl?: string): Record<string, unknown> {
  const { machine, type, params, firmware } = command;
  const cmd = {
    target: machine,
    ...(command.command !== '' && { cmd: command.command }),
    ...(params.length > 0 && { params }),
    ipmi,
    ...(firmware && { firmwareupdate: { kind: firmware.kind, url: firmwareUrl } }),
  };
  return { type, ...(type === 'delete' && { old: machine }), cmd };
}
