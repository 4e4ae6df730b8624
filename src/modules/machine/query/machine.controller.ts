import { Body, Get, Param, Post } from '@nestjs/common';
import { ApiExtraModels } from '@nestjs/swagger';
import { CurrentUser } from '../../../platform/auth/current-user.js';
import type { User } from '../../../platform/auth/user.js';
import { KeptLists } from '../../../platform/http/lists/kept-lists.js';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { respondWithList } from '../../../platform/http/wire/list-response.js';
import type { JsonOf, ListResponse } from '../../../platform/http/wire/list-response.js';
import { findsAll } from '../../../shared/entity.js';
import { MachineHardwareBase } from './hardware.dto.js';
import { MachineIPMIResponse, MachineResponse } from './machine.dto.js';
import { machineAnswerFor, machineIpmiJson } from './machine.mapper.js';
import type { MachineAnswer } from './machine.mapper.js';
import { DisclosureService, variantOf } from './disclosure.js';
import { MachineFindRequest, MachineSearchQuery } from './machine-query.dto.js';
import { toMachineQuery } from './machine-query.mapper.js';
import { MachineQueryService } from './machine-query.service.js';
import { MachineViewService } from './machine-view.service.js';

/** Reads of machines. */
@V1Controller('machine')
@ApiExtraModels(MachineSearchQuery, MachineHardwareBase)
export class MachineController {
  constructor(
    private readonly machines: MachineQueryService,
    private readonly views: MachineViewService,
    private readonly disclosures: DisclosureService,
    private readonly lists: KeptLists,
  ) {}

  @Get()
  @Operation({ id: 'listMachines', role: 'viewer', summary: 'get all machines', result: [MachineResponse] })
  listMachines(@CurrentUser() user: User): Promise<ListResponse<MachineResponse>> {
    const disclosure = this.disclosures.disclosureFor(user);
    return this.lists.respond('machine', variantOf(disclosure), {
      all: () => this.machines.search(),
      find: (id) => this.machines.find(id),
      answer: (machine) => machineAnswerFor(this.views.of(machine), disclosure),
    });
  }

  @Get(':id')
  @Operation({ id: 'findMachine', role: 'viewer', summary: 'get a machine by id', result: MachineResponse })
  findMachine(@Param('id') id: string, @CurrentUser() user: User): MachineAnswer {
    const disclosure = this.disclosures.disclosureFor(user);
    return this.lists.respondWithObject('machine', variantOf(disclosure), id, {
      get: (wanted) => this.machines.get(wanted),
      answer: (machine) => machineAnswerFor(this.views.of(machine), disclosure),
    });
  }

  @Post('find')
  @Operation({
    id: 'findMachines',
    role: 'viewer',
    summary: 'find machines by properties',
    body: MachineFindRequest,
    result: [MachineResponse],
    audit: 'exclude',
  })
  findMachines(@Body() body: MachineFindRequest, @CurrentUser() user: User): Promise<ListResponse<MachineResponse>> {
    const query = toMachineQuery(body);
    if (findsAll(query)) return this.listMachines(user);
    const disclosure = this.disclosures.disclosureFor(user);
    return respondWithList(
      () => this.machines.search(query),
      (machine) => machineAnswerFor(this.views.of(machine), disclosure),
    );
  }

  @Get(':id/ipmi')
  @Operation({
    id: 'findIPMIMachine',
    role: 'viewer',
    summary: 'get a machine with its BMC data',
    result: MachineIPMIResponse,
    secretsFor: 'editor',
  })
  findIPMIMachine(@Param('id') id: string, @CurrentUser() user: User): JsonOf<MachineIPMIResponse> {
    return machineIpmiJson(this.views.withBmc(this.machines.get(id)), this.disclosures.disclosureFor(user));
  }

  @Post('ipmi/find')
  @Operation({
    id: 'findIPMIMachines',
    role: 'viewer',
    summary: 'find machines by properties, with their BMC data',
    body: MachineFindRequest,
    result: [MachineIPMIResponse],
    audit: 'exclude',
    secretsFor: 'editor',
  })
  findIPMIMachines(
    @Body() body: MachineFindRequest,
    @CurrentUser() user: User,
  ): Promise<ListResponse<MachineIPMIResponse>> {
    const disclosure = this.disclosures.disclosureFor(user);
    return respondWithList(
      () => this.machines.search(toMachineQuery(body)),
      (machine) => machineIpmiJson(this.views.withBmc(machine), disclosure),
    );
  }
}
