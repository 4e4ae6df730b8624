import { Body, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { respondWithList } from '../../platform/http/wire/list-response.js';
import type { ListResponse } from '../../platform/http/wire/list-response.js';
import { RequestCoalescer } from '../../shared/concurrency/request-coalescer.js';
import { AuditFindRequest, AuditResponse } from './audit.dto.js';
import { toAuditResponse, toTraceQuery } from './audit.mapper.js';
import { AuditService } from './audit.service.js';

@V1Controller('audit')
export class AuditController {
  private readonly searches = new RequestCoalescer<ListResponse<AuditResponse>>('searches of the audit trail');

  constructor(private readonly audit: AuditService) {}

  @Post('find')
  @Operation({
    id: 'findAuditTraces',
    role: 'viewer',
    summary: 'search the audit trail',
    body: AuditFindRequest,
    result: [AuditResponse],
    audit: 'exclude',
  })
  findAuditTraces(@Body() body: AuditFindRequest): Promise<ListResponse<AuditResponse>> {
    return this.searches.run(body, async () => {
      const traces = await this.audit.find(toTraceQuery(body));
      return respondWithList(() => traces, toAuditResponse);
    });
  }
}
