import type { Command } from './command.js';
import type { CommandResponse } from './command.dto.js';

export function toCommandResponse(entry: Command): CommandResponse {
  const { id, machine, partition, type, command = '', params, state, attempt, error = '' } = entry;
  const { issuer, created, changed, progress, deadline } = entry;
  const told = { id, machine, partition, type, command, params, state, attempt, error, issuer, created, changed };
  return {
    ...told,
    ...(progress !== undefined && { progress }),
    ...(deadline !== undefined && { deadline }),
  };
}
