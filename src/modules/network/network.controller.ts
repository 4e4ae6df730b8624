import { Body, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiExtraModels } from '@nestjs/swagger';
import { KeptLists } from '../../platform/http/lists/kept-lists.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { respondWithList } from '../../platform/http/wire/list-response.js';
import type { ListResponse } from '../../platform/http/wire/list-response.js';
import { BooleanQuery } from '../../platform/http/wire/query.js';
import type { Network } from './network.js';
import {
  NetworkAllocateRequest,
  NetworkBase,
  NetworkCreateRequest,
  NetworkFindRequest,
  NetworkImmutable,
  NetworkResponse,
  NetworkSearchQuery,
  NetworkUpdateRequest,
} from './network.dto.js';
import { toChildSpec, toNetworkChange, toNetworkQuery, toNetworkResponse, toNetworkSpec } from './network.mapper.js';
import { NetworkService } from './network.service.js';
import { findsAll } from '../../shared/entity.js';

@V1Controller('network')
@ApiExtraModels(NetworkBase, NetworkImmutable, NetworkSearchQuery)
export class NetworkController {
  constructor(
    private readonly networks: NetworkService,
    private readonly lists: KeptLists,
  ) {}

  @Get()
  @Operation({ id: 'listNetworks', role: 'viewer', summary: 'list all networks', result: [NetworkResponse] })
  listNetworks(): Promise<ListResponse<NetworkResponse>> {
    return this.lists.respond('network', '', {
      all: () => this.networks.list(),
      find: (id) => this.networks.find(id),
      answer: (network) => this.answer(network),
    });
  }

  @Get(':id')
  @Operation({ id: 'findNetwork', role: 'viewer', summary: 'get a network by ID', result: NetworkResponse })
  findNetwork(@Param('id') id: string): NetworkResponse {
    return this.answer(this.networks.get(id));
  }

  @Post('find')
  @Operation({
    id: 'findNetworks',
    role: 'viewer',
    summary: 'find networks by properties',
    body: NetworkFindRequest,
    result: [NetworkResponse],
    audit: 'exclude',
  })
  findNetworks(@Body() body: NetworkFindRequest): Promise<ListResponse<NetworkResponse>> {
    const query = toNetworkQuery(body);
    if (findsAll(query)) return this.listNetworks();
    return respondWithList(
      () => this.networks.search(query),
      (network) => this.answer(network),
    );
  }

  @Put()
  @Operation({
    id: 'createNetwork',
    role: 'admin',
    summary: 'create a network',
    status: 201,
    body: NetworkCreateRequest,
    result: NetworkResponse,
    errors: [409],
  })
  async createNetwork(@Body() body: NetworkCreateRequest): Promise<NetworkResponse> {
    return this.answer(await this.networks.create(toNetworkSpec(body)));
  }

  @Post()
  @Operation({
    id: 'updateNetwork',
    role: 'admin',
    summary: 'update a network',
    query: { force: { type: 'boolean', default: false, doc: 'permit removing additional announcable CIDRs' } },
    body: NetworkUpdateRequest,
    result: NetworkResponse,
    errors: [409],
  })
  async updateNetwork(
    @Query('force', BooleanQuery) force: boolean,
    @Body() body: NetworkUpdateRequest,
  ): Promise<NetworkResponse> {
    return this.answer(await this.networks.update(body.id ?? '', toNetworkChange(body), force));
  }

  @Delete(':id')
  @Operation({ id: 'deleteNetwork', role: 'admin', summary: 'delete a network', result: NetworkResponse })
  async deleteNetwork(@Param('id') id: string): Promise<NetworkResponse> {
    return toNetworkResponse(await this.networks.delete(id));
  }

  @Post('allocate')
  @Operation({
    id: 'allocateNetwork',
    allocates: true,
    role: 'editor',
    summary: 'allocate a child network from the private super network of a partition',
    status: 201,
    body: NetworkAllocateRequest,
    result: NetworkResponse,
    errors: [409],
  })
  async allocateNetwork(@Body() body: NetworkAllocateRequest): Promise<NetworkResponse> {
    return this.answer(await this.networks.allocate(toChildSpec(body)));
  }

  @Delete('free/:id')
  @Operation({
    id: 'freeNetwork',
    role: 'editor',
    summary: 'free a child network',
    result: NetworkResponse,
    errors: [409],
  })
  async freeNetwork(@Param('id') id: string): Promise<NetworkResponse> {
    return toNetworkResponse(await this.networks.free(id));
  }

  /** Called by legacy clients, with any body or none (docs/reference/client-conventions.md#requests). */
  @Post('free/:id')
  @Operation({
    id: 'freeNetworkDeprecated',
    role: 'editor',
    summary: 'free a child network (deprecated, use DELETE)',
    consumes: ['*/*', 'application/json'],
    result: NetworkResponse,
    errors: [409],
    deprecated: true,
  })
  async freeNetworkDeprecated(@Param('id') id: string): Promise<NetworkResponse> {
    return toNetworkResponse(await this.networks.free(id));
  }

  private answer(network: Network): NetworkResponse {
    return toNetworkResponse(network, this.networks.consumption(network));
  }
}
