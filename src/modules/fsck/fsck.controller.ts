import { Controller, Get, Post, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Operation } from '../../platform/http/operation.js';
import { BooleanQuery } from '../../platform/http/wire/query.js';
import { FsckReportDto } from './fsck.dto.js';
import { toFsckReport } from './fsck.mapper.js';
import { FsckService } from './fsck.service.js';

/** For operators: beside the v1 API, and not in its document, from which clients are generated. */
@ApiExcludeController()
@Controller('fsck')
export class FsckController {
  constructor(private readonly fsck: FsckService) {}

  @Get()
  @Operation({
    id: 'fsck',
    role: 'viewer',
    summary: 'compare what the documents of networking say of each other',
    result: FsckReportDto,
  })
  async check(): Promise<FsckReportDto> {
    return toFsckReport(await this.fsck.check());
  }

  @Post('repair')
  @Operation({
    id: 'fsckRepair',
    role: 'admin',
    summary: 'repair the violations that need no decision',
    consumes: ['*/*'],
    query: { 'dry-run': { type: 'boolean', doc: 'only say what would be done' } },
    result: FsckReportDto,
  })
  async repair(@Query('dry-run', BooleanQuery) dryRun: boolean): Promise<FsckReportDto> {
    return toFsckReport(await this.fsck.repair(dryRun));
  }
}
