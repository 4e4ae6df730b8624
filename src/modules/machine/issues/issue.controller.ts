import { Body, Get, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { toMachineQuery } from '../query/machine-query.mapper.js';
import { MachineQueryService } from '../query/machine-query.service.js';
import { MachineIssue, MachineIssueResponse, MachineIssuesRequest } from './issue.dto.js';
import { toIssueWishes, toMachineIssue, toMachineIssueResponse } from './issue.mapper.js';
import { IssueService } from './issue.service.js';

/** What is wrong with machines. */
@V1Controller('machine')
export class IssueController {
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
  evaluate(@Body() body: MachineIssuesRequest): MachineIssueResponse[] {
    const machines = this.machines.search(toMachineQuery(body));
    return this.issues.evaluate(machines, toIssueWishes(body)).map(toMachineIssueResponse);
  }
}
