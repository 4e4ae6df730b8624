import { Body, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiExtraModels } from '@nestjs/swagger';
import { KeptLists } from '../../platform/http/lists/kept-lists.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { respondWithList } from '../../platform/http/wire/list-response.js';
import type { ListResponse } from '../../platform/http/wire/list-response.js';
import {
  IPAllocateRequest,
  IPBase,
  IPFindRequest,
  IPIdentifiable,
  IPResponse,
  IPSearchQuery,
  IPUpdateRequest,
} from './ip.dto.js';
import { MachineIdLookup } from './ip.js';
import { toIpChange, toIpQuery, toIpResponse, toIpSpec } from './ip.mapper.js';
import { IpService } from './ip.service.js';
import { findsAll } from '../../shared/entity.js';

@V1Controller('ip')
@ApiExtraModels(IPBase, IPIdentifiable, IPSearchQuery)
export class IpController {
  private readonly idOf = (machineId: string): string => this.machineIds.of(machineId);

  constructor(
    private readonly ips: IpService,
    private readonly machineIds: MachineIdLookup,
    private readonly lists: KeptLists,
  ) {}

  @Get()
  @Operation({ id: 'listIPs', role: 'viewer', summary: 'list all IP addresses', result: [IPResponse] })
  listIPs(): Promise<ListResponse<IPResponse>> {
    return this.lists.respond('ip', '', {
      all: () => this.ips.list(),
      find: (id) => this.ips.findStored(id),
      answer: toIpResponse,
    });
  }

  @Get(':id')
  @Operation({ id: 'findIP', role: 'viewer', summary: 'get an IP address by ID', result: IPResponse })
  findIP(@Param('id') id: string): IPResponse {
    return toIpResponse(this.ips.get(id));
  }

  @Post('find')
  @Operation({
    id: 'findIPs',
    role: 'viewer',
    summary: 'find IP addresses by properties',
    body: IPFindRequest,
    result: [IPResponse],
    audit: 'exclude',
  })
  findIPs(@Body() body: IPFindRequest): Promise<ListResponse<IPResponse>> {
    const query = toIpQuery(body, this.idOf);
    return findsAll(query) ? this.listIPs() : respondWithList(() => this.ips.search(query), toIpResponse);
  }

  @Post()
  @Operation({
    id: 'updateIP',
    role: 'editor',
    summary: 'update an IP address',
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
    allocates: true,
    role: 'editor',
    summary: 'allocate an IP address in a network',
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
    allocates: true,
    role: 'editor',
    summary: 'allocate a specific IP address in a network',
    status: 201,
    body: IPAllocateRequest,
    result: IPResponse,
    errors: [409],
  })
  async allocateSpecificIP(@Param('ip') ip: string, @Body() body: IPAllocateRequest): Promise<IPResponse> {
    return toIpResponse(await this.ips.allocateSpecific(ip, toIpSpec(body, this.idOf)));
  }

  @Delete('free/:id')
  @Operation({ id: 'freeIP', role: 'editor', summary: 'free an IP address', result: IPResponse })
  async freeIP(@Param('id') id: string): Promise<IPResponse> {
    return toIpResponse(await this.ips.free(id));
  }

  /** Called by legacy clients, with any body or none (docs/reference/client-conventions.md#requests). */
  @Post('free/:id')
  @Operation({
    id: 'freeIPDeprecated',
    role: 'editor',
    summary: 'free an IP address (deprecated, use DELETE)',
    consumes: ['*/*', 'application/json'],
    result: IPResponse,
    deprecated: true,
  })
  async freeIPDeprecated(@Param('id') id: string): Promise<IPResponse> {
    return toIpResponse(await this.ips.free(id));
  }
}
