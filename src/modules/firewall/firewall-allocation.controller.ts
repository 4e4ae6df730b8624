import { Body, Post } from '@nestjs/common';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { accountOf } from '../../platform/auth/user.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { FirewallCreateRequest } from '../machine/allocation/allocation.dto.js';
import { toFirewallRequest } from '../machine/allocation/allocation.mapper.js';
import { AllocationService } from '../machine/allocation/allocation.service.js';
import { toMachineResponse } from '../machine/query/machine.mapper.js';
import { MachineViewService } from '../machine/query/machine-view.service.js';
import { FirewallResponse } from './firewall.dto.js';

@V1Controller('firewall')
export class FirewallAllocationController {
  constructor(
    private readonly allocations: AllocationService,
    private readonly views: MachineViewService,
  ) {}

  @Post('allocate')
  @Operation({
    id: 'allocateFirewall',
    allocates: true,
    role: 'editor',
    summary: 'allocate a firewall',
    body: FirewallCreateRequest,
    result: FirewallResponse,
  })
  async allocateFirewall(@Body() body: FirewallCreateRequest, @CurrentUser() user: User): Promise<FirewallResponse> {
    return toMachineResponse(this.views.of(await this.allocations.allocate(toFirewallRequest(body, accountOf(user)))));
  }
}
