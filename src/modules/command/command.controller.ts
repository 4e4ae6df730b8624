import { Controller, Get, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Operation } from '../../platform/http/operation.js';
import { BooleanQuery, TextQuery } from '../../platform/http/wire/query.js';
import { CommandResponse } from './command.dto.js';
import { toCommandResponse } from './command.mapper.js';
import { CommandService } from './command.service.js';

/** The journal for operators. Beside /v1, whose contract knows no such route. */
@Controller('commands')
@ApiExcludeController()
export class CommandController {
  constructor(private readonly commands: CommandService) {}

  /** Newest first: what is under way or was over within minutes; with `history` the older ones. */
  @Get()
  @Operation({ id: 'listCommands', role: 'viewer', summary: 'the journal of commands', result: [CommandResponse] })
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
