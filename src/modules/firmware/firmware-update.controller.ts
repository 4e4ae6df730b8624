import { Body, Param, Post } from '@nestjs/common';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { accountOf } from '../../platform/auth/user.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { MachineResponse } from '../machine/query/machine.dto.js';
import { toMachineResponse } from '../machine/query/machine.mapper.js';
import { MachineViewService } from '../machine/query/machine-view.service.js';
import { MachineUpdateFirmwareRequest } from './firmware.dto.js';
import { FirmwareService } from './firmware.service.js';

@V1Controller('machine')
export class FirmwareUpdateController {
  constructor(
    private readonly firmwares: FirmwareService,
    private readonly views: MachineViewService,
  ) {}

  @Post('update-firmware/:id')
  @Operation({
    id: 'updateFirmware',
    role: 'admin',
    summary: 'install a stored firmware revision on a machine',
    body: MachineUpdateFirmwareRequest,
    result: MachineResponse,
  })
  async updateFirmware(
    @Param('id') id: string,
    @Body() { kind, revision }: MachineUpdateFirmwareRequest,
    @CurrentUser() user: User,
  ): Promise<MachineResponse> {
    return toMachineResponse(
      this.views.of(await this.firmwares.update(id, kind ?? '', revision ?? '', accountOf(user))),
    );
  }
}
