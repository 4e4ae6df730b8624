import { Delete, Param } from '@nestjs/common';
import { CurrentUser } from '../../../platform/auth/current-user.js';
import { accountOf } from '../../../platform/auth/user.js';
import type { User } from '../../../platform/auth/user.js';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { MachineIds } from '../core/machine-ids.js';
import { MachineResponse } from '../query/machine.dto.js';
import { toMachineResponse } from '../query/machine.mapper.js';
import { MachineViewService } from '../query/machine-view.service.js';
import { ReleaseService } from './release.service.js';

@V1Controller('machine')
export class ReleaseController {
  constructor(
    private readonly releases: ReleaseService,
    private readonly views: MachineViewService,
  ) {}

  @Delete(':id/free')
  @Operation({ id: 'freeMachine', role: 'editor', summary: 'free a machine', result: MachineResponse })
  async freeMachine(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return toMachineResponse(this.views.of(await this.releases.free(id, accountOf(user))));
  }
}
