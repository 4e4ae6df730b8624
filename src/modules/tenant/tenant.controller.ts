import { Body, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { TenantCreateRequest, TenantFindRequest, TenantResponse, TenantUpdateRequest } from './tenant.dto.js';
import { toMeta, toTenantFields, toTenantResponse } from './tenant.mapper.js';
import { TenantService } from './tenant.service.js';

@V1Controller('tenant')
export class TenantController {
  constructor(private readonly tenants: TenantService) {}

  @Get()
  @Operation({ id: 'listTenants', role: 'viewer', summary: 'list all tenants', result: [TenantResponse] })
  listTenants(): TenantResponse[] {
    return this.tenants.list().map(toTenantResponse);
  }

  @Get(':id')
  @Operation({ id: 'getTenant', role: 'viewer', summary: 'get a tenant by ID', result: TenantResponse })
  getTenant(@Param('id') id: string): TenantResponse {
    return toTenantResponse(this.tenants.get(id));
  }

  @Post('find')
  @Operation({
    id: 'findTenants',
    role: 'viewer',
    summary: 'find tenants by properties',
    body: TenantFindRequest,
    result: [TenantResponse],
    audit: 'exclude',
  })
  findTenants(@Body() body: TenantFindRequest): TenantResponse[] {
    return this.tenants.search(body).map(toTenantResponse);
  }

  @Put()
  @Operation({
    id: 'createTenant',
    role: 'admin',
    summary: 'create a tenant',
    status: 201,
    body: TenantCreateRequest,
    result: TenantResponse,
    errors: [409],
  })
  async createTenant(@Body() body: TenantCreateRequest): Promise<TenantResponse> {
    return toTenantResponse(await this.tenants.create(toMeta(body.meta) ?? {}, toTenantFields(body)));
  }

  @Post()
  @Operation({
    id: 'updateTenant',
    role: 'admin',
    summary: 'replace a tenant; 412 if the request has an outdated version',
    body: TenantUpdateRequest,
    result: TenantResponse,
    errors: [412],
  })
  async updateTenant(@Body() body: TenantUpdateRequest): Promise<TenantResponse> {
    return toTenantResponse(await this.tenants.update(toMeta(body.meta), toTenantFields(body)));
  }

  @Delete(':id')
  @Operation({ id: 'deleteTenant', role: 'admin', summary: 'delete a tenant without projects', result: TenantResponse })
  async deleteTenant(@Param('id') id: string): Promise<TenantResponse> {
    return toTenantResponse(await this.tenants.delete(id));
  }
}
