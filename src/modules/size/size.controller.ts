import { Body, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { MachineHardwareExtended } from './legacy-hardware.dto.js';
import {
  SizeConstraintDto,
  SizeCreateRequest,
  SizeMatchingLog,
  SizeResponse,
  SizeSuggestRequest,
  SizeUpdateRequest,
} from './size.dto.js';
import { toConstraintDto, toHardwareFacts, toMatchingLog, toSizeResponse, toSizeSpec } from './size.mapper.js';
import { SizeService } from './size.service.js';

@V1Controller('size')
export class SizeController {
  constructor(private readonly sizes: SizeService) {}

  @Get()
  @Operation({ id: 'listSizes', role: 'any', summary: 'list all sizes', result: [SizeResponse] })
  listSizes(): SizeResponse[] {
    return this.sizes.list().map(toSizeResponse);
  }

  @Get(':id')
  @Operation({ id: 'findSize', role: 'any', summary: 'get a size by ID', result: SizeResponse })
  findSize(@Param('id') id: string): SizeResponse {
    return toSizeResponse(this.sizes.get(id));
  }

  @Put()
  @Operation({
    id: 'createSize',
    role: 'admin',
    summary: 'create a size',
    status: 201,
    body: SizeCreateRequest,
    result: SizeResponse,
    errors: [409],
  })
  async createSize(@Body() body: SizeCreateRequest): Promise<SizeResponse> {
    return toSizeResponse(await this.sizes.create(body.id ?? '', toSizeSpec(body)));
  }

  @Post()
  @Operation({
    id: 'updateSize',
    role: 'admin',
    summary: 'update a size',
    body: SizeUpdateRequest,
    result: SizeResponse,
    errors: [409],
  })
  async updateSize(@Body() body: SizeUpdateRequest): Promise<SizeResponse> {
    return toSizeResponse(await this.sizes.update(body.id ?? '', toSizeSpec(body)));
  }

  @Post('suggest')
  @Operation({
    id: 'suggest',
    role: 'any',
    outline: () => undefined,
    summary: 'suggest constraints that describe exactly the hardware of a machine',
    body: SizeSuggestRequest,
    result: [SizeConstraintDto],
    audit: 'exclude',
  })
  suggest(@Body() body: SizeSuggestRequest): SizeConstraintDto[] {
    return this.sizes.suggest(body.machineID ?? '').map(toConstraintDto);
  }

  @Post('from-hardware')
  @Operation({
    id: 'fromHardware',
    role: 'any',
    summary: 'find the size that matches hardware in the legacy description',
    body: MachineHardwareExtended,
    result: SizeMatchingLog,
    audit: 'exclude',
    deprecated: true,
  })
  fromHardware(@Body() body: MachineHardwareExtended): SizeMatchingLog {
    const { size, matches } = this.sizes.matchLegacy(toHardwareFacts(body));
    return toMatchingLog(size, matches);
  }

  @Delete(':id')
  @Operation({ id: 'deleteSize', role: 'admin', summary: 'delete an unused size', result: SizeResponse })
  async deleteSize(@Param('id') id: string): Promise<SizeResponse> {
    return toSizeResponse(await this.sizes.delete(id));
  }
}
