import { Get, Post, Query } from '@nestjs/common';
import { Operation, OperatorController } from '../../platform/http/operation.js';
import { BooleanQuery, CountQuery } from '../../platform/http/wire/query.js';
import { FsckReportDto } from './fsck.dto.js';
import { toFsckReport } from './fsck.mapper.js';
import { FsckService } from './fsck.service.js';

/** For operators. Outside of the v1 API and its document, from which clients are generated. */
@OperatorController('fsck')
export class FsckController {
  constructor(private readonly fsck: FsckService) {}

  @Get()
  @Operation({
    id: 'fsck',
    role: 'viewer',
    summary: 'check the consistency of networks, addresses, pools, machines and switches',
    description:
      'Compares all documents with one another and lists what violates an invariant. Changes nothing. What is being changed at ' +
      'the moment is looked at again before it counts as a finding.',
    result: FsckReportDto,
  })
  async check(): Promise<FsckReportDto> {
    return toFsckReport(await this.fsck.check());
  }

  @Post('repair')
  @Operation({
    id: 'fsckRepair',
    role: 'admin',
    summary: 'repair the violations that can be repaired automatically',
    description:
      'With `dry-run`, reports for each finding what would be done. Findings with `repair: null` need a decision. With `limit`, ' +
      'the request ends after so many repairs; repeat it until it repairs nothing.',
    consumes: ['*/*'],
    query: {
      'dry-run': { type: 'boolean', doc: 'only report what would be repaired' },
      limit: { type: 'string', doc: 'how many findings to repair at most, from 1; all unless given' },
    },
    result: FsckReportDto,
  })
  async repair(
    @Query('dry-run', BooleanQuery) dryRun: boolean,
    @Query('limit', CountQuery) limit?: number,
  ): Promise<FsckReportDto> {
    return toFsckReport(await this.fsck.repair({ dryRun, limit }));
  }
}
