import { Body, Get, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { answerList } from '../../../platform/http/wire/answer-list.js';
import type { AnswerList } from '../../../platform/http/wire/answer-list.js';
import { SharedRuns } from '../../../shared/shared-runs.js';
import { ownTurn } from '../../../shared/turns.js';
import { toMachineQuery } from '../query/machine-query.mapper.js';
import { MachineQueryService } from '../query/machine-query.service.js';
import { MachineIssue, MachineIssueResponse, MachineIssuesRequest } from './issue.dto.js';
import { toIssueWishes, toMachineIssue, toMachineIssueResponse } from './issue.mapper.js';
import { IssueService } from './issue.service.js';

/** What is wrong with machines. */
@V1Controller('machine')
export class IssueController {
  private readonly evaluations = new SharedRuns<AnswerList<MachineIssueResponse>>('searches for issues');

  constructor(
    private readonly machines: MachineQueryService,
    private readonly issues: IssueService,
  ) {}

  @Get('issues')
  @Operation({
    id: 'listIssues',
    role: 'viewer',
    summary: 'get everything that may be wrong with a machine',
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
    summary: 'find what is wrong with machines',
    body: MachineIssuesRequest,
    result: [MachineIssueResponse],
  })
  evaluate(@Body() body: MachineIssuesRequest): Promise<AnswerList<MachineIssueResponse>> {
    return this.evaluations.ask(body, async () => {
      await ownTurn();
      const machines = this.machines.search(toMachineQuery(body));
      const found = await this.issues.evaluateInTurns(machines, toIssueWishes(body));
      return answerList(() => found, toMachineIssueResponse);
    });
  }
}
