import { Body, Get, Post } from '@nestjs/common';
import { SharedRuns } from '../../shared/shared-runs.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { PartitionCapacityDto, PartitionCapacityRequest } from './capacity.dto.js';
import { toCapacityResponse, toClassesResponse } from './capacity.mapper.js';
import { CapacityService } from './capacity.service.js';

@V1Controller('partition/capacity', 'Partition')
export class CapacityController {
  private readonly runs = new SharedRuns<PartitionCapacityDto[]>('questions for the capacity');

  constructor(private readonly capacities: CapacityService) {}

  @Post()
  @Operation({
    id: 'partitionCapacity',
    role: 'any',
    summary: 'how many machines partitions have, and how many of them are to be had',
    body: PartitionCapacityRequest,
    result: [PartitionCapacityDto],
    audit: 'exclude',
  })
  partitionCapacity(@Body() body: PartitionCapacityRequest): Promise<PartitionCapacityDto[]> {
    const { id, sizeid, projectid } = body;
    const query = { partitionId: id, sizeId: sizeid, projectId: projectid };
    return this.runs.ask(query, async () => (await this.capacities.capacity(query)).map(toCapacityResponse));
  }

  @Get()
  @Operation({
    id: 'partitionCapacity2021',
    role: 'any',
    summary: 'how many machines partitions have, as clients of 2021 count them',
    result: [PartitionCapacityDto],
    deprecated: true,
  })
  partitionCapacity2021(): Promise<PartitionCapacityDto[]> {
    return this.runs.ask('classes', async () => (await this.capacities.classes()).map(toClassesResponse));
  }
}
