import { Body, Get, Post } from '@nestjs/common';
import { RequestCoalescer } from '../../shared/concurrency/request-coalescer.js';
import { runYielding } from '../../shared/event-loop.js';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { requireRoleForProject } from '../../platform/auth/role.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { jsonPiecesOf, withCachedJson } from '../../platform/http/wire/json.js';
import { PartitionCapacityDto, PartitionCapacityRequest } from './capacity.dto.js';
import { capacityOutline, toCapacityResponse, toLegacyCapacityResponse } from './capacity.mapper.js';
import { CapacityService } from './capacity.service.js';

/**
 * A large response, whose JSON is made once for all who asked at the same time, one partition after the other, so that
 * neither mapping nor encoding holds the event loop. In the order of the partitions.
 */
const shared = <C>(partitions: readonly C[], toResponse: (one: C) => PartitionCapacityDto) =>
  runYielding(sharedSteps(partitions, toResponse));

function* sharedSteps<C>(
  partitions: readonly C[],
  toResponse: (one: C) => PartitionCapacityDto,
): Generator<undefined, PartitionCapacityDto[]> {
  const responses: PartitionCapacityDto[] = [];
  for (const partition of partitions) {
    const response = withCachedJson(toResponse(partition));
    jsonPiecesOf(response); // is cached
    responses.push(response);
    yield;
  }
  return responses;
}

@V1Controller('partition/capacity', 'Partition')
export class CapacityController {
  private readonly coalescer = new RequestCoalescer<PartitionCapacityDto[]>('capacity queries');

  constructor(private readonly capacities: CapacityService) {}

  @Post()
  @Operation({
    id: 'partitionCapacity',
    role: 'any',
    outline: capacityOutline,
    summary: 'get the number of machines per partition and size, and how many are available',
    body: PartitionCapacityRequest,
    result: [PartitionCapacityDto],
    audit: 'exclude',
  })
  async partitionCapacity(
    @Body() body: PartitionCapacityRequest,
    @CurrentUser() user: User,
  ): Promise<PartitionCapacityDto[]> {
    const { id, sizeid, projectid } = body;
    requireRoleForProject(user, projectid);
    const query = { partitionId: id, sizeId: sizeid, projectId: projectid };
    return this.coalescer.run(query, async () => shared(await this.capacities.capacity(query), toCapacityResponse));
  }

  @Get()
  @Operation({
    id: 'partitionCapacity2021',
    role: 'any',
    outline: capacityOutline,
    summary: 'get the number of machines per partition and size, as legacy clients count them',
    result: [PartitionCapacityDto],
    deprecated: true,
  })
  partitionCapacity2021(): Promise<PartitionCapacityDto[]> {
    return this.coalescer.run('classes', async () =>
      shared(await this.capacities.legacyCapacity(), toLegacyCapacityResponse),
    );
  }
}
