import { Body, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { AuditFindRequest, AuditResponse } from './audit.dto.js';
import { toAuditResponse, toTraceQuery } from './audit.mapper.js';
import { AuditService } from './audit.service.js';

@V1Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Post('find')
  @Operation({
    id: 'findAuditTraces',
    role: 'viewer',
    summary: 'find out who did what',
    body: AuditFindRequest,
    result: [AuditResponse],
    audit: 'exclude',
  })
  async findAuditTraces(@Body() body: AuditFindRequest): Promise<AuditResponse[]> {
    return (await this.audit.find(toTraceQuery(body))).map(toAuditResponse);
  }
}
