import { Body, Post, Res } from '@nestjs/common';
import { CurrentUser } from '../../../platform/auth/current-user.js';
import { accountOf } from '../../../platform/auth/user.js';
import type { User } from '../../../platform/auth/user.js';
import { Operation, OperatorController } from '../../../platform/http/operation.js';
import { MachineIdLookup } from '../../ip/ip.js';
import { MAX_MEMBERS } from '../bundle/bundle.js';
import { AllocateManyRequest, AllocateManyResponse } from '../bundle/bundle.dto.js';
import { toBundleRequest, toManyResponse } from '../bundle/bundle.mapper.js';
import { BundleService } from '../bundle/bundle.service.js';
import type { AllocatedBundle } from '../bundle/bundle-settlement.service.js';
import { toMachineResponse } from '../query/machine.mapper.js';
import { MachineViewService } from '../query/machine-view.service.js';
import { AllocationWaitResponse } from './wait-entry.dto.js';
import { toWaitResponse } from './wait-entry.mapper.js';
import { parseWait } from './wait-entry.js';
import { WaitingListRepository } from './waiting-list.repository.js';
import { WaitingListService } from './waiting-list.service.js';

/** Allocates many at once, all or nothing, now or later (docs/guide/allocate-many.md). Not part of the v1 contract. */
@OperatorController('allocation')
export class AllocateManyController {
  constructor(
    private readonly bundles: BundleService,
    private readonly list: WaitingListService,
    private readonly entries: WaitingListRepository,
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
      'member with a problem. With `wait`, a request for which nothing but free machines is missing goes on the waiting ' +
      'list (202), and is served in order when machines become free.',
    body: AllocateManyRequest,
    result: AllocateManyResponse,
    accepted: AllocationWaitResponse,
    errors: [409],
  })
  async allocateMany(
    @Body() body: AllocateManyRequest,
    @CurrentUser() user: User,
    @Res({ passthrough: true }) reply: { code(status: number): unknown },
  ): Promise<AllocateManyResponse | AllocationWaitResponse> {
    const wait = body.wait ? parseWait(body.wait) : undefined;
    const request = toBundleRequest(body, accountOf(user), (machineId) => this.machineIds.of(machineId));
    if (wait === undefined) return this.responseOf(await this.bundles.allocate(request));
    const outcome = await this.list.allocateOrWait(request, wait);
    if (!('state' in outcome)) return this.responseOf(outcome);
    reply.code(202);
    return toWaitResponse(outcome, (entry, { partitionId, sizeId }) =>
      this.entries.position(entry, partitionId, sizeId),
    );
  }

  private responseOf(allocated: AllocatedBundle): AllocateManyResponse {
    return toManyResponse(allocated, (machine) => toMachineResponse(this.views.of(machine)));
  }
}
