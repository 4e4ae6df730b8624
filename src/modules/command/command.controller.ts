import { Get, Query } from '@nestjs/common';
import { Operation, OperatorController } from '../../platform/http/operation.js';
import { BooleanQuery, TextQuery } from '../../platform/http/wire/query.js';
import { COMMAND_STATES } from './command.js';
import { CommandResponse } from './command.dto.js';
import { toCommandResponse } from './command.mapper.js';
import { CommandService } from './command.service.js';

/** The journal for operators. Outside of /v1, whose contract has no such route. */
@OperatorController('commands')
export class CommandController {
  constructor(private readonly commands: CommandService) {}

  /** Newest first: open commands and recently finished ones; with `history`, archived ones. */
  @Get()
  @Operation({
    id: 'listCommands',
    role: 'viewer',
    summary: 'list the journal of commands',
    description:
      'Open commands and recently finished ones, the newest first; with `history`, the archived ones. Every power command, ' +
      'firmware update and reclaim of a freed machine is an entry.',
    query: {
      machine: { type: 'string', doc: 'only commands for the machine with this ID' },
      partition: { type: 'string', doc: 'only commands for machines of this partition' },
      state: { type: 'string', doc: `only commands in this state: ${COMMAND_STATES.join(', ')}` },
      history: { type: 'boolean', doc: 'archived commands instead', default: false },
    },
    result: [CommandResponse],
  })
  async listCommands(
    @Query('machine', TextQuery) machine?: string,
    @Query('partition', TextQuery) partition?: string,
    @Query('state', TextQuery) state?: string,
    @Query('history', BooleanQuery) history = false,
  ): Promise<CommandResponse[]> {
    const query = { machine, partition, state };
    const found = history ? await this.commands.history(query) : this.commands.list(query);
    return found.map(toCommandResponse);
  }
}
