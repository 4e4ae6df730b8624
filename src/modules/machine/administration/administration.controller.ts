import { Body, Delete, Get, Param, Post } from '@nestjs/common';
import { CurrentUser } from '../../../platform/auth/current-user.js';
import { accountOf } from '../../../platform/auth/user.js';
import type { User } from '../../../platform/auth/user.js';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { MachineIds } from '../core/machine-ids.js';
import { MachineResponse, MachineStateDto } from '../query/machine.dto.js';
import type { Machine } from '../machine.js';
import { toMachineResponse } from '../query/machine.mapper.js';
import { MachineViewService } from '../query/machine-view.service.js';
import {
  MachineConsolePasswordRequest,
  MachineConsolePasswordResponse,
  MachineReinstallRequest,
  MachineUpdateRequest,
} from './administration.dto.js';
import { toAllocationChanges, toConsolePasswordResponse } from './administration.mapper.js';
import { AdministrationService } from './administration.service.js';
import { ReinstallService } from './reinstall.service.js';
import { RemovalService } from './removal.service.js';

/** Operations of operators and cluster controllers on machines, apart from allocation. */
@V1Controller('machine')
export class AdministrationController {
  constructor(
    private readonly administration: AdministrationService,
    private readonly reinstallation: ReinstallService,
    private readonly removal: RemovalService,
    private readonly views: MachineViewService,
    private readonly ids: MachineIds,
  ) {}

  @Post()
  @Operation({
    id: 'updateMachine',
    role: 'admin',
    summary: 'change the allocation of a machine',
    body: MachineUpdateRequest,
    result: MachineResponse,
    errors: [409],
  })
  async updateMachine(@Body() body: MachineUpdateRequest): Promise<MachineResponse> {
    return this.answer(await this.administration.update(this.ids.of(body.id ?? ''), toAllocationChanges(body)));
  }

  @Post(':id/state')
  @Operation({
    id: 'setMachineState',
    role: 'editor',
    summary: 'make a machine available, reserved or locked',
    body: MachineStateDto,
    result: MachineResponse,
  })
  async setMachineState(
    @Param('id', MachineIds) id: string,
    @Body() body: MachineStateDto,
    @CurrentUser() user: User,
  ): Promise<MachineResponse> {
    const { value = '', description = '' } = body;
    return this.answer(await this.administration.setState(id, value, description, accountOf(user)));
  }

  @Get('consolepassword')
  @Operation({
    id: 'getMachineConsolePassword',
    role: 'editor',
    summary: 'get the console password of a machine; requires a reason',
    body: MachineConsolePasswordRequest,
    result: MachineConsolePasswordResponse,
    audit: 'include',
    secretsFor: 'editor',
  })
  getConsolePassword(
    @Body() body: MachineConsolePasswordRequest,
    @CurrentUser() user: User,
  ): MachineConsolePasswordResponse {
    const { id = '', reason = '' } = body;
    return toConsolePasswordResponse(this.administration.showConsolePassword(this.ids.of(id), reason, user));
  }

  @Post(':id/reinstall')
  @Operation({
    id: 'reinstallMachine',
    role: 'editor',
    summary: 'reinstall an allocated machine',
    body: MachineReinstallRequest,
    result: MachineResponse,
    errors: [400],
  })
  async reinstallMachine(
    @Param('id', MachineIds) id: string,
    @Body() body: MachineReinstallRequest,
    @CurrentUser() user: User,
  ): Promise<MachineResponse> {
    return this.answer(await this.reinstallation.reinstall(id, body.imageid ?? '', accountOf(user)));
  }

  @Delete(':id')
  @Operation({
    id: 'deleteMachine',
    role: 'admin',
    summary: 'delete a machine that has left the data center',
    result: MachineResponse,
  })
  async deleteMachine(@Param('id', MachineIds) id: string): Promise<MachineResponse> {
    return toMachineResponse(await this.removal.remove(id));
  }

  private answer(machine: Machine): MachineResponse {
    return toMachineResponse(this.views.of(machine));
  }
}
