import { Body, Get, Param, Post } from '@nestjs/common';
import { CurrentUser } from '../../platform/auth/current-user.js';
import type { User } from '../../platform/auth/user.js';
import { KeptLists } from '../../platform/http/lists/kept-lists.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { respondWithList } from '../../platform/http/wire/list-response.js';
import type { ListResponse } from '../../platform/http/wire/list-response.js';
import { machineAnswerFor } from '../machine/query/machine.mapper.js';
import type { MachineAnswer } from '../machine/query/machine.mapper.js';
import { DisclosureService, variantOf } from '../machine/query/disclosure.js';
import { toMachineQuery } from '../machine/query/machine-query.mapper.js';
import { MachineQueryService } from '../machine/query/machine-query.service.js';
import { MachineViewService } from '../machine/query/machine-view.service.js';
import { FirewallFindRequest, FirewallResponse } from './firewall.dto.js';
import { findsAll } from '../../shared/entity.js';

/** Reads of firewalls, which are machines with the allocation role `firewall`. */
@V1Controller('firewall')
export class FirewallController {
  constructor(
    private readonly machines: MachineQueryService,
    private readonly views: MachineViewService,
    private readonly disclosures: DisclosureService,
    private readonly lists: KeptLists,
  ) {}

  @Get()
  @Operation({ id: 'listFirewalls', role: 'viewer', summary: 'get all firewalls', result: [FirewallResponse] })
  listFirewalls(@CurrentUser() user: User): Promise<ListResponse<FirewallResponse>> {
    const disclosure = this.disclosures.disclosureFor(user);
    return this.lists.respond('machine', `firewall ${variantOf(disclosure)}`, {
      all: () => this.machines.search({ allocationRole: 'firewall' }),
      find: (id) => this.machines.findFirewall(id),
      answer: (firewall) => machineAnswerFor(this.views.of(firewall), disclosure),
    });
  }

  @Get(':id')
  @Operation({ id: 'findFirewall', role: 'viewer', summary: 'get a firewall by id', result: FirewallResponse })
  findFirewall(@Param('id') id: string, @CurrentUser() user: User): MachineAnswer {
    return machineAnswerFor(this.views.of(this.machines.getFirewall(id)), this.disclosures.disclosureFor(user));
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
  findFirewalls(@Body() body: FirewallFindRequest, @CurrentUser() user: User): Promise<ListResponse<FirewallResponse>> {
    const query = toMachineQuery(body);
    if (findsAll(query)) return this.listFirewalls(user);
    const disclosure = this.disclosures.disclosureFor(user);
    return respondWithList(
      () => this.machines.search({ ...query, allocationRole: 'firewall' }),
      (firewall) => machineAnswerFor(this.views.of(firewall), disclosure),
    );
  }
}
