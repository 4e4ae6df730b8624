import { Body, Post } from '@nestjs/common';
import { CurrentUser } from '../../../platform/auth/current-user.js';
import { accountOf } from '../../../platform/auth/user.js';
import type { User } from '../../../platform/auth/user.js';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { MachineResponse } from '../query/machine.dto.js';
import { toMachineResponse } from '../query/machine.mapper.js';
import { MachineViewService } from '../query/machine-view.service.js';
import { MachineAllocateRequest } from './allocation.dto.js';
import { toMachineRequest } from './allocation.mapper.js';
import { AllocationService } from './allocation.service.js';

@V1Controller('machine')
export class AllocationController {
  constructor(
    private readonly allocations: AllocationService,
    private readonly views: MachineViewService,
  ) {}

  @Post('allocate')
  @Operation({
    id: 'allocateMachine',
    allocates: true,
    role: 'editor',
    summary: 'allocate a machine',
    body: MachineAllocateRequest,
    result: MachineResponse,
  })
  async allocateMachine(@Body() body: MachineAllocateRequest, @CurrentUser() user: User): Promise<MachineResponse> {
    return toMachineResponse(this.views.of(await this.allocations.allocate(toMachineRequest(body, accountOf(user)))));
  }
}
