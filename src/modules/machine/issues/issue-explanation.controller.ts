import { Get, Query } from '@nestjs/common';
import { Operation, OperatorController } from '../../../platform/http/operation.js';
import { TextQuery } from '../../../platform/http/wire/query.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import { acquireLoopTurn } from '../../../shared/event-loop.js';
import { MachineQueryService } from '../query/machine-query.service.js';
import { safeActionFor } from './issue-action.js';
import { IssueExplanation } from './issue-explanation.dto.js';
import { SEVERITIES } from './issue.js';
import { IssueService } from './issue.service.js';

/** Why a machine is not healthy (docs/guide/explain.md). Not part of the v1 contract. */
@OperatorController('issues', 'explain')
export class IssueExplanationController {
  constructor(
    private readonly machines: MachineQueryService,
    private readonly issues: IssueService,
  ) {}

  /** The most severe issue first; `next` is what to do about it. */
  @Get('explain')
  @Operation({
    id: 'explainIssues',
    role: 'viewer',
    summary: 'why a machine is not healthy, and what to do next',
    description: 'The issues of the machine, the most severe first, each with an action that is safe.',
    query: { machine: { type: 'string', doc: 'ID of the machine; required' } },
    result: IssueExplanation,
  })
  async explain(@Query('machine', TextQuery) id?: string): Promise<IssueExplanation> {
    if (id === undefined) throw malformed('machine must not be empty, expected the id of a machine');
    const machine = this.machines.get(id);
    // Duplicates are looked for in the whole fleet.
    await acquireLoopTurn();
    const [found] = this.issues.evaluate([machine]);
    const issues = [...(found?.issues ?? [])]
      .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))
      .map((issue) => ({
        id: issue.id,
        severity: issue.severity,
        description: this.issues.describe(machine, issue),
        action: safeActionFor(issue.id),
      }));
    const [first] = issues;
    return { machine: machine.id, healthy: !first, issues, ...(first && { next: first.action }) };
  }
}
