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

  /** Newest first: open commands and recently finished ones; with `history`, only archived ones instead. */
  @Get()
  @Operation({
    id: 'listCommands',
    role: 'viewer',
    summary: 'list open and recent commands, or archived ones',
    description:
      'Open commands and those that finished within the last 15 minutes, the newest first. With `history=true` the archived ' +
      'ones **instead**, at most 1000: commands move to the archive when they have been final for 15 minutes, so that no ' +
      'answer has both; ask twice for everything. Every power command, firmware update and reclaim of a freed machine is an ' +
      'entry.',
    query: {
      machine: { type: 'string', doc: 'only commands for the machine with this ID' },
      partition: { type: 'string', doc: 'only commands for machines of this partition' },
      state: { type: 'string', doc: `only commands in this state: ${COMMAND_STATES.join(', ')}` },
      history: {
        type: 'boolean',
        doc: 'only archived commands, final for more than 15 minutes, instead of open and recent ones',
        default: false,
      },
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
