import { Body, Post, Query } from '@nestjs/common';
import { CurrentUser } from '../../../platform/auth/current-user.js';
import { accountOf } from '../../../platform/auth/user.js';
import type { User } from '../../../platform/auth/user.js';
import { Operation, OperatorController } from '../../../platform/http/operation.js';
import { TextQuery } from '../../../platform/http/wire/query.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import { quoteText } from '../../../shared/text.js';
import { FirewallCreateRequest } from './allocation.dto.js';
import { toFirewallRequest, toMachineRequest } from './allocation.mapper.js';
import { ExplanationResponse } from './explanation.dto.js';
import { ExplanationService } from './explanation.service.js';
import { toExplanationResponse } from './explanation.mapper.js';

/** Why an allocation takes which machine (docs/guide/explain.md). Not part of the v1 contract. */
@OperatorController('allocation', 'explain')
export class ExplanationController {
  constructor(private readonly explanations: ExplanationService) {}

  @Post('explain')
  @Operation({
    id: 'explainAllocation',
    role: 'viewer',
    summary: 'what an allocation would do, and why; allocates nothing',
    description:
      'Takes the body of an allocation, and runs the very rules and filters that allocate. Shows how many machines each ' +
      'filter leaves, near misses, racks with their scores, which machines would be chosen, and the addresses left.',
    body: FirewallCreateRequest,
    query: {
      role: { type: 'string', doc: 'machine or firewall', default: 'machine' },
      machine: { type: 'string', doc: 'also explains this machine, by its ID' },
    },
    result: ExplanationResponse,
    audit: 'exclude',
  })
  async explain(
    @Body() body: FirewallCreateRequest,
    @CurrentUser() user: User,
    @Query('machine', TextQuery) machine?: string,
    @Query('role', TextQuery) role = 'machine',
  ): Promise<ExplanationResponse> {
    if (role !== 'machine' && role !== 'firewall') {
      throw malformed(`role is ${quoteText(role, 40)}, expected machine or firewall`);
    }
    const creator = accountOf(user);
    const request = role === 'firewall' ? toFirewallRequest(body, creator) : toMachineRequest(body, creator);
    return toExplanationResponse(await this.explanations.explain(request, machine));
  }
}
