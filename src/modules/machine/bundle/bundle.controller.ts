import { Body, Post } from '@nestjs/common';
import { CurrentUser } from '../../../platform/auth/current-user.js';
import { accountOf } from '../../../platform/auth/user.js';
import type { User } from '../../../platform/auth/user.js';
import { Operation, OperatorController } from '../../../platform/http/operation.js';
import { MachineIdLookup } from '../../ip/ip.js';
import { toMachineResponse } from '../query/machine.mapper.js';
import { MachineViewService } from '../query/machine-view.service.js';
import { MAX_MEMBERS } from './bundle.js';
import { AllocateManyRequest, AllocateManyResponse } from './bundle.dto.js';
import { toBundleRequest, toManyResponse } from './bundle.mapper.js';
import { BundleService } from './bundle.service.js';

/** Allocates many at once, all or nothing (docs/guide/allocate-many.md). Not part of the v1 contract. */
@OperatorController('allocation')
export class BundleController {
  constructor(
    private readonly bundles: BundleService,
    private readonly views: MachineViewService,
    private readonly machineIds: MachineIdLookup,
  ) {}

  @Post('many')
  @Operation({
    id: 'allocateMany',
    allocates: true,
    role: 'editor',
    summary: 'allocate machines, firewalls and addresses, all or nothing',
    description:
      `Takes the bodies of machine/allocate, firewall/allocate and ip/allocate, at most ${MAX_MEMBERS} in all. No machine ` +
      'is installed before everything is allocated; if anything is refused, nothing remains, and the message names every ' +
      'member with a problem.',
    body: AllocateManyRequest,
    result: AllocateManyResponse,
    errors: [409],
  })
  async allocateMany(@Body() body: AllocateManyRequest, @CurrentUser() user: User): Promise<AllocateManyResponse> {
    const request = toBundleRequest(body, accountOf(user), (machineId) => this.machineIds.of(machineId));
    const allocated = await this.bundles.allocate(request);
    return toManyResponse(allocated, (machine) => toMachineResponse(this.views.of(machine)));
  }
}
