import { Body, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { answerList } from '../../platform/http/wire/answer-list.js';
import type { AnswerList } from '../../platform/http/wire/answer-list.js';
import { SharedRuns } from '../../shared/shared-runs.js';
import { AuditFindRequest, AuditResponse } from './audit.dto.js';
import { toAuditResponse, toTraceQuery } from './audit.mapper.js';
import { AuditService } from './audit.service.js';

@V1Controller('audit')
export class AuditController {
  private readonly searches = new SharedRuns<AnswerList<AuditResponse>>('searches of the audit trail');

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
  findAuditTraces(@Body() body: AuditFindRequest): Promise<AnswerList<AuditResponse>> {
    return this.searches.ask(body, async () => {
      const traces = await this.audit.find(toTraceQuery(body));
      return answerList(() => traces, toAuditResponse);
    });
  }
}
