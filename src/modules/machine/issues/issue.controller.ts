import { Body, Get, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { respondWithList } from '../../../platform/http/wire/list-response.js';
import type { ListResponse } from '../../../platform/http/wire/list-response.js';
import { RequestCoalescer } from '../../../shared/concurrency/request-coalescer.js';
import { acquireLoopTurn } from '../../../shared/event-loop.js';
import { toMachineQuery } from '../query/machine-query.mapper.js';
import { MachineQueryService } from '../query/machine-query.service.js';
import { MachineIssue, MachineIssueResponse, MachineIssuesRequest } from './issue.dto.js';
import { toIssueFilter, toMachineIssue, toMachineIssueResponse } from './issue.mapper.js';
import { IssueService } from './issue.service.js';

/** Issues of machines. */
@V1Controller('machine')
export class IssueController {
  private readonly evaluations = new RequestCoalescer<ListResponse<MachineIssueResponse>>('searches for issues');

  constructor(
    private readonly machines: MachineQueryService,
    private readonly issues: IssueService,
  ) {}

  @Get('issues')
  @Operation({
    id: 'listIssues',
    role: 'viewer',
    summary: 'list all issues that the server can detect',
    result: [MachineIssue],
    audit: 'exclude',
  })
  listIssues(): MachineIssue[] {
    return this.issues.catalogue().map(toMachineIssue);
  }

  @Post('issues/evaluate')
  @Operation({
    id: 'issues',
    role: 'viewer',
    summary: 'find issues of machines',
    body: MachineIssuesRequest,
    result: [MachineIssueResponse],
  })
  evaluate(@Body() body: MachineIssuesRequest): Promise<ListResponse<MachineIssueResponse>> {
    return this.evaluations.run(body, async () => {
      await acquireLoopTurn();
      const machines = this.machines.search(toMachineQuery(body));
      const found = await this.issues.evaluateYielding(machines, toIssueFilter(body));
      return respondWithList(() => found, toMachineIssueResponse);
    });
  }
}
