import { Body, Post } from '@nestjs/common';
import { CurrentUser } from '../../../platform/auth/current-user.js';
import { accountOf } from '../../../platform/auth/user.js';
import type { User } from '../../../platform/auth/user.js';
import { Operation, OperatorController } from '../../../platform/http/operation.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import { CommandResponse } from '../../command/command.dto.js';
import { toCommandResponse } from '../../command/command.mapper.js';
import { MachineIds } from '../core/machine-ids.js';
import { powerCommand } from './power-command.js';
import { PowerCommandRequest } from './power-command.dto.js';
import { PowerService } from './power.service.js';

/** Power and boot commands with the options that routes of v1 lack. */
@OperatorController('commands')
export class PowerCommandController {
  constructor(
    private readonly power: PowerService,
    private readonly ids: MachineIds,
  ) {}

  @Post()
  @Operation({
    id: 'issueCommand',
    role: 'editor',
    summary: 'issue a power or boot command, with options',
    description:
      'Like the power routes of v1, and beyond them: a graceful shutdown, and a boot device for the next boot only. Returns ' +
      'the entry of the journal; `GET commands?machine=` shows how it ends. Each call issues another command, unless it ' +
      'carries an `Idempotency-Key`.',
    body: PowerCommandRequest,
    result: CommandResponse,
  })
  async issueCommand(
    @Body() { machine = '', command = '', graceful = false, persistence }: PowerCommandRequest,
    @CurrentUser() user: User,
  ): Promise<CommandResponse> {
    if (machine === '') throw malformed('machine must not be empty, expected the ID of a machine');
    const wanted = powerCommand(command, { graceful, persistence });
    return toCommandResponse(await this.power.issue(this.ids.of(machine), wanted, accountOf(user)));
  }
}
