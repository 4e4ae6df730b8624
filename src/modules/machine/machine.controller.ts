import { Body, Get, Param, Post } from '@nestjs/common';
import { ApiExtraModels } from '@nestjs/swagger';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { hasRole } from '../../platform/auth/role.js';
import type { User } from '../../platform/auth/user.js';
import { Operation, V1Controller } from '../../platform/http/operation.js';
import { MachineHardwareBase } from './hardware.dto.js';
import { MachineIPMIResponse, MachineResponse } from './machine.dto.js';
import { toMachineIPMIResponse, toMachineResponse } from './machine.mapper.js';
import { MachineFindRequest, MachineSearchQuery } from './query/machine-query.dto.js';
import { toMachineQuery } from './query/machine-query.mapper.js';
import { MachineQueryService } from './query/machine-query.service.js';
import { MachineViewService } from './query/machine-view.service.js';

/** Reads of machines. */
@V1Controller('machine')
@ApiExtraModels(MachineSearchQuery, MachineHardwareBase)
export class MachineController {
  constructor(
    private readonly machines: MachineQueryService,
    private readonly views: MachineViewService,
  ) {}

  @Get()
  @Operation({ id: 'listMachines', role: 'viewer', summary: 'get all machines', result: [MachineResponse] })
  listMachines(): MachineResponse[] {
    return this.machines.search().map((machine) => toMachineResponse(this.views.of(machine)));
  }

  @Get(':id')
  @Operation({ id: 'findMachine', role: 'viewer', summary: 'get a machine by id', result: MachineResponse })
  findMachine(@Param('id') id: string): MachineResponse {
    return toMachineResponse(this.views.of(this.machines.get(id)));
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
  findMachines(@Body() body: MachineFindRequest): MachineResponse[] {
    return this.machines.search(toMachineQuery(body)).map((machine) => toMachineResponse(this.views.of(machine)));
  }

  @Get(':id/ipmi')
  @Operation({
    id: 'findIPMIMachine',
    role: 'viewer',
    summary: 'get a machine with the data of its BMC',
    result: MachineIPMIResponse,
    secretsFor: 'editor',
  })
  findIPMIMachine(@Param('id') id: string, @CurrentUser() user: User): MachineIPMIResponse {
    return toMachineIPMIResponse(this.views.of(this.machines.get(id)), hasRole(user, 'editor'));
  }

  @Post('ipmi/find')
  @Operation({
    id: 'findIPMIMachines',
    role: 'viewer',
    summary: 'find machines with the data of their BMCs by properties',
    body: MachineFindRequest,
    result: [MachineIPMIResponse],
    audit: 'exclude',
    secretsFor: 'editor',
  })
  findIPMIMachines(@Body() body: MachineFindRequest, @CurrentUser() user: User): MachineIPMIResponse[] {
    const withPassword = hasRole(user, 'editor');
    const machines = this.machines.search(toMachineQuery(body));
    return machines.map((machine) => toMachineIPMIResponse(this.views.of(machine), withPassword));
  }
}
