import { Body, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import {
  FilesystemLayoutCreateRequest,
  FilesystemLayoutMatchRequest,
  FilesystemLayoutResponse,
  FilesystemLayoutTryRequest,
  FilesystemLayoutUpdateRequest,
} from './filesystem-layout.dto.js';
import { toLayoutDraft, toLayoutResponse } from './filesystem-layout.mapper.js';
import { FilesystemLayoutService } from './filesystem-layout.service.js';

@V1Controller('filesystemlayout')
export class FilesystemLayoutController {
  constructor(private readonly layouts: FilesystemLayoutService) {}

  @Get()
  @Operation({
    id: 'listFilesystemLayouts',
    role: 'viewer',
    summary: 'list all filesystem layouts',
    result: [FilesystemLayoutResponse],
  })
  listFilesystemLayouts(): FilesystemLayoutResponse[] {
    return this.layouts.list().map(toLayoutResponse);
  }

  @Get(':id')
  @Operation({
    id: 'getFilesystemLayout',
    role: 'viewer',
    summary: 'get a filesystem layout by ID',
    result: FilesystemLayoutResponse,
  })
  getFilesystemLayout(@Param('id') id: string): FilesystemLayoutResponse {
    return toLayoutResponse(this.layouts.get(id));
  }

  @Put()
  @Operation({
    id: 'createFilesystemLayout',
    role: 'admin',
    summary: 'create a filesystem layout',
    status: 201,
    body: FilesystemLayoutCreateRequest,
    result: FilesystemLayoutResponse,
    errors: [409],
  })
  async createFilesystemLayout(@Body() body: FilesystemLayoutCreateRequest): Promise<FilesystemLayoutResponse> {
    return toLayoutResponse(await this.layouts.create(body.id ?? '', toLayoutDraft(body)));
  }

  @Post()
  @Operation({
    id: 'updateFilesystemLayout',
    role: 'admin',
    summary: 'replace a filesystem layout',
    body: FilesystemLayoutUpdateRequest,
    result: FilesystemLayoutResponse,
    errors: [409],
  })
  async updateFilesystemLayout(@Body() body: FilesystemLayoutUpdateRequest): Promise<FilesystemLayoutResponse> {
    return toLayoutResponse(await this.layouts.update(body.id ?? '', toLayoutDraft(body)));
  }

  @Post('try')
  @Operation({
    id: 'tryFilesystemLayout',
    role: 'admin',
    summary: 'get the filesystem layout for a size and an image',
    body: FilesystemLayoutTryRequest,
    result: FilesystemLayoutResponse,
    audit: 'exclude',
  })
  tryFilesystemLayout(@Body() body: FilesystemLayoutTryRequest): FilesystemLayoutResponse {
    return toLayoutResponse(this.layouts.tryOut(body.size ?? '', body.image ?? ''));
  }

  @Post('matches')
  @Operation({
    id: 'matchFilesystemLayout',
    role: 'admin',
    summary: 'check whether a filesystem layout fits the disks of a machine',
    body: FilesystemLayoutMatchRequest,
    result: FilesystemLayoutResponse,
    audit: 'exclude',
  })
  matchFilesystemLayout(@Body() body: FilesystemLayoutMatchRequest): FilesystemLayoutResponse {
    return toLayoutResponse(this.layouts.match(body.filesystemlayout ?? '', body.machine ?? ''));
  }

  @Delete(':id')
  @Operation({
    id: 'deleteFilesystemLayout',
    role: 'admin',
    summary: 'delete a filesystem layout',
    result: FilesystemLayoutResponse,
  })
  async deleteFilesystemLayout(@Param('id') id: string): Promise<FilesystemLayoutResponse> {
    return toLayoutResponse(await this.layouts.delete(id));
  }
}
