import { Body, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiExtraModels } from '@nestjs/swagger';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { answerList } from '../../platform/http/wire/answer-list.js';
import type { AnswerList } from '../../platform/http/wire/answer-list.js';
import {
  IPAllocateRequest,
  IPBase,
  IPFindRequest,
  IPIdentifiable,
  IPResponse,
  IPSearchQuery,
  IPUpdateRequest,
} from './ip.dto.js';
import { MachineIdInquiry } from './ip.js';
import { toIpChange, toIpQuery, toIpResponse, toIpSpec } from './ip.mapper.js';
import { IpService } from './ip.service.js';

@V1Controller('ip')
@ApiExtraModels(IPBase, IPIdentifiable, IPSearchQuery)
export class IpController {
  private readonly idOf = (machineId: string): string => this.machineIds.of(machineId);

  constructor(
    private readonly ips: IpService,
    private readonly machineIds: MachineIdInquiry,
  ) {}

  @Get()
  @Operation({ id: 'listIPs', role: 'viewer', summary: 'get all ips', result: [IPResponse] })
  listIPs(): Promise<AnswerList<IPResponse>> {
    return answerList(() => this.ips.list(), toIpResponse);
  }

  @Get(':id')
  @Operation({ id: 'findIP', role: 'viewer', summary: 'get ip by id', result: IPResponse })
  findIP(@Param('id') id: string): IPResponse {
    return toIpResponse(this.ips.get(id));
  }

  @Post('find')
  @Operation({
    id: 'findIPs',
    role: 'viewer',
    summary: 'find ips by properties',
    body: IPFindRequest,
    result: [IPResponse],
    audit: 'exclude',
  })
  findIPs(@Body() body: IPFindRequest): Promise<AnswerList<IPResponse>> {
    return answerList(() => this.ips.search(toIpQuery(body, this.idOf)), toIpResponse);
  }

  @Post()
  @Operation({
    id: 'updateIP',
    role: 'editor',
    summary: 'change an ip',
    body: IPUpdateRequest,
    result: IPResponse,
    errors: [409],
  })
  async updateIP(@Body() body: IPUpdateRequest): Promise<IPResponse> {
    return toIpResponse(await this.ips.update(body.ipaddress ?? '', toIpChange(body)));
  }

  @Post('allocate')
  @Operation({
    id: 'allocateIP',
    role: 'editor',
    summary: 'allocate an ip of a network',
    status: 201,
    body: IPAllocateRequest,
    result: IPResponse,
    errors: [409],
  })
  async allocateIP(@Body() body: IPAllocateRequest): Promise<IPResponse> {
    return toIpResponse(await this.ips.allocate(toIpSpec(body, this.idOf)));
  }

  @Post('allocate/:ip')
  @Operation({
    id: 'allocateSpecificIP',
    role: 'editor',
    summary: 'allocate this ip of a network',
    status: 201,
    body: IPAllocateRequest,
    result: IPResponse,
    errors: [409],
  })
  async allocateSpecificIP(@Param('ip') ip: string, @Body() body: IPAllocateRequest): Promise<IPResponse> {
    return toIpResponse(await this.ips.allocateThis(ip, toIpSpec(body, this.idOf)));
  }

  @Delete('free/:id')
  @Operation({ id: 'freeIP', role: 'editor', summary: 'free an ip', result: IPResponse })
  async freeIP(@Param('id') id: string): Promise<IPResponse> {
    return toIpResponse(await this.ips.free(id));
  }

  /** What clients of 2021 call, with any body or none (reference/50 §1.3). */
  @Post('free/:id')
  @Operation({
    id: 'freeIPDeprecated',
    role: 'editor',
    summary: 'free an ip',
    consumes: ['*/*', 'application/json'],
    result: IPResponse,
    deprecated: true,
  })
  async freeIPDeprecated(@Param('id') id: string): Promise<IPResponse> {
    return toIpResponse(await this.ips.free(id));
  }
}
