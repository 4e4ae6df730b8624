import { Body, Get, Param, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { answerList } from '../../platform/http/wire/answer-list.js';
import type { AnswerList } from '../../platform/http/wire/answer-list.js';
import { toMachineResponse } from '../machine/machine.mapper.js';
import { toMachineQuery } from '../machine/query/machine-query.mapper.js';
import { MachineQueryService } from '../machine/query/machine-query.service.js';
import { MachineViewService } from '../machine/query/machine-view.service.js';
import { FirewallFindRequest, FirewallResponse } from './firewall.dto.js';

/** Firewalls are machines that were allocated as such. */
@V1Controller('firewall')
export class FirewallController {
  constructor(
    private readonly machines: MachineQueryService,
    private readonly views: MachineViewService,
  ) {}

  @Get()
  @Operation({ id: 'listFirewalls', role: 'viewer', summary: 'get all firewalls', result: [FirewallResponse] })
  listFirewalls(): Promise<AnswerList<FirewallResponse>> {
    return this.search(new FirewallFindRequest());
  }

  @Get(':id')
  @Operation({ id: 'findFirewall', role: 'viewer', summary: 'get a firewall by id', result: FirewallResponse })
  findFirewall(@Param('id') id: string): FirewallResponse {
    return toMachineResponse(this.views.of(this.machines.getFirewall(id)));
  }

  @Post('find')
  @Operation({
    id: 'findFirewalls',
    role: 'viewer',
    summary: 'find firewalls by properties',
    body: FirewallFindRequest,
    result: [FirewallResponse],
    audit: 'exclude',
  })
  findFirewalls(@Body() body: FirewallFindRequest): Promise<AnswerList<FirewallResponse>> {
    return this.search(body);
  }

  private search(body: FirewallFindRequest): Promise<AnswerList<FirewallResponse>> {
    return answerList(
      () => this.machines.search({ ...toMachineQuery(body), allocationRole: 'firewall' }),
      (firewall) => toMachineResponse(this.views.of(firewall)),
    );
  }
}
