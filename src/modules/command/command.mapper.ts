import type { Command } from './command.js';
import type { CommandResponse } from './command.dto.js';

export function toCommandResponse(entry: Command): CommandResponse {
  const { id, machine, partition, type, command, params, state, attempt, error, issuer, created, changed } = entry;
  const told = { id, machine, partition, type, command, params, state, attempt, error, issuer, created, changed };
  const { progress } = entry;
  return {
    ...told,
    ...(progress !== undefined && { progress }),
    ...(entry.deadline !== '' && { deadline: entry.deadline }),
  };
}
