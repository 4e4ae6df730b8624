import { Body, Param, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { MachineIds } from '../core/machine-ids.js';
import { MachineConsoleLoginRequest, MachineConsoleLoginResponse, MachineConsoleSession } from './console.dto.js';
import { ConsoleService } from './console.service.js';

/** What console servers need in addition to reading machines. */
@V1Controller('machine')
export class ConsoleController {
  constructor(private readonly consoles: ConsoleService) {}

  @Post(':id/console-login')
  @Operation({
    id: 'checkMachineConsolePassword',
    role: 'editor',
    summary: 'check a console password',
    body: MachineConsoleLoginRequest,
    result: MachineConsoleLoginResponse,
  })
  checkPassword(
    @Param('id', MachineIds) id: string,
    @Body() { password = '', reason = '', address = '' }: MachineConsoleLoginRequest,
  ): MachineConsoleLoginResponse {
    return { id, valid: this.consoles.checkPassword(id, password, reason, address) };
  }

  @Post(':id/console-session')
  @Operation({
    id: 'recordMachineConsoleSession',
    role: 'editor',
    summary: 'record that a session on the serial console of a machine was opened or closed',
    body: MachineConsoleSession,
    result: MachineConsoleSession,
  })
  recordSession(@Param('id', MachineIds) id: string, @Body() body: MachineConsoleSession): MachineConsoleSession {
    const { session = '', event = '', caller = '', address = '', reason = '' } = body;
    const record = { session, event, caller, address, reason };
    this.consoles.record(id, record);
    return record;
  }
}
