import { Body, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { PartitionCreateRequest, PartitionResponse, PartitionUpdateRequest } from './partition.dto.js';
import { partitionOutline, toPartitionResponse, toPartitionSpec } from './partition.mapper.js';
import { PartitionService } from './partition.service.js';

@V1Controller('partition', 'Partition')
export class PartitionController {
  constructor(private readonly partitions: PartitionService) {}

  @Get()
  @Operation({
    id: 'listPartitions',
    role: 'any',
    outline: partitionOutline,
    summary: 'list all partitions',
    result: [PartitionResponse],
  })
  listPartitions(): PartitionResponse[] {
    return this.partitions.list().map(toPartitionResponse);
  }

  @Get(':id')
  @Operation({
    id: 'findPartition',
    role: 'any',
    outline: partitionOutline,
    summary: 'get a partition by ID',
    result: PartitionResponse,
  })
  findPartition(@Param('id') id: string): PartitionResponse {
    return toPartitionResponse(this.partitions.get(id));
  }

  @Put()
  @Operation({
    id: 'createPartition',
    role: 'admin',
    summary: 'create a partition',
    status: 201,
    body: PartitionCreateRequest,
    result: PartitionResponse,
    errors: [409],
  })
  async createPartition(@Body() body: PartitionCreateRequest): Promise<PartitionResponse> {
    const { id = '', privatenetworkprefixlength } = body;
    return toPartitionResponse(await this.partitions.create(id, toPartitionSpec(body), privatenetworkprefixlength));
  }

  @Post()
  @Operation({
    id: 'updatePartition',
    role: 'admin',
    summary: 'update a partition',
    body: PartitionUpdateRequest,
    result: PartitionResponse,
    errors: [409],
  })
  async updatePartition(@Body() body: PartitionUpdateRequest): Promise<PartitionResponse> {
    return toPartitionResponse(await this.partitions.update(body.id ?? '', toPartitionSpec(body)));
  }

  @Delete(':id')
  @Operation({
    id: 'deletePartition',
    role: 'admin',
    summary: 'delete an empty partition',
    result: PartitionResponse,
  })
  async deletePartition(@Param('id') id: string): Promise<PartitionResponse> {
    return toPartitionResponse(await this.partitions.delete(id));
  }
}
