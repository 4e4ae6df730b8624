import { applyDecorators, Body, Param, Post, Query } from '@nestjs/common';
import { CurrentUser } from '../../../platform/auth/current-user.js';
import { accountOf } from '../../../platform/auth/user.js';
import type { User } from '../../../platform/auth/user.js';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import type { OperationOptions } from '../../../platform/http/operation.js';
import { TextQuery } from '../../../platform/http/wire/query.js';
import { MachineIds } from '../core/machine-ids.js';
import { ChassisIdentifyLEDState, MachineResponse } from '../query/machine.dto.js';
import { toMachineResponse } from '../query/machine.mapper.js';
import { MachineViewService } from '../query/machine-view.service.js';
import { EmptyBody } from '../../../platform/http/wire/empty-body.js';
import { PowerService } from './power.service.js';
import type { LedValue, PowerRouteName } from './power.service.js';

/** The common decorators of the routes below; none of them has a `@Body()`, because bodies are not read. */
const PowerRoute = (path: string, options: Pick<OperationOptions, 'id' | 'summary' | 'query'>): MethodDecorator =>
  applyDecorators(
    Post(`:id/power/${path}`),
    Operation({ ...options, role: 'editor', body: EmptyBody, result: MachineResponse }),
  );

const LED_QUERY = { description: { type: 'string', doc: 'reason for switching the LED' } } as const;

/** Power, boot and LED commands for the board management controllers of machines. */
@V1Controller('machine')
export class PowerController {
  constructor(
    private readonly power: PowerService,
    private readonly views: MachineViewService,
  ) {}

  @PowerRoute('on', { id: 'machineOn', summary: 'power on a machine' })
  machineOn(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.issue(id, 'on', user);
  }

  @PowerRoute('off', { id: 'machineOff', summary: 'power off a machine' })
  machineOff(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.issue(id, 'off', user);
  }

  @PowerRoute('reset', { id: 'machineReset', summary: 'reset a machine' })
  machineReset(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.issue(id, 'reset', user);
  }

  @PowerRoute('cycle', { id: 'machineCycle', summary: 'power-cycle a machine' })
  machineCycle(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.issue(id, 'cycle', user);
  }

  @PowerRoute('bios', { id: 'machineBios', summary: 'make a machine enter its BIOS on the next boot' })
  machineBios(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.issue(id, 'bios', user);
  }

  @PowerRoute('disk', { id: 'machineDisk', summary: 'make a machine boot from disk from now on' })
  machineDisk(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.issue(id, 'disk', user);
  }

  @PowerRoute('pxe', { id: 'machinePxe', summary: 'make a machine boot from the network from now on' })
  machinePxe(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.issue(id, 'pxe', user);
  }

  @PowerRoute('chassis-identify-led-on', {
    id: 'chassisIdentifyLEDOn',
    summary: 'switch on the identify LED of a machine',
    query: LED_QUERY,
  })
  chassisIdentifyLEDOn(
    @Param('id', MachineIds) id: string,
    @Query('description', TextQuery) description: string | undefined,
    @CurrentUser() user: User,
  ): Promise<MachineResponse> {
    return this.identify(id, 'LED-ON', description, user);
  }

  @PowerRoute('chassis-identify-led-off', {
    id: 'chassisIdentifyLEDOff',
    summary: 'switch off the identify LED of a machine',
    query: LED_QUERY,
  })
  chassisIdentifyLEDOff(
    @Param('id', MachineIds) id: string,
    @Query('description', TextQuery) description: string | undefined,
    @CurrentUser() user: User,
  ): Promise<MachineResponse> {
    return this.identify(id, 'LED-OFF', description, user);
  }

  @Post(':id/chassis-identify-led-state')
  @Operation({
    id: 'setChassisIdentifyLEDState',
    role: 'editor',
    summary: 'report the state of the identify LED of a machine',
    body: ChassisIdentifyLEDState,
    result: MachineResponse,
    deprecated: true,
  })
  async setChassisIdentifyLEDState(
    @Param('id', MachineIds) id: string,
    @Body() body: ChassisIdentifyLEDState,
  ): Promise<MachineResponse> {
    const { value = '', description = '' } = body;
    return toMachineResponse(this.views.of(await this.power.recordLedState(id, value, description)));
  }

  private async issue(id: string, routeName: PowerRouteName, user: User): Promise<MachineResponse> {
    return toMachineResponse(this.views.of(await this.power.issuePowerCommand(id, routeName, accountOf(user))));
  }

  private async identify(id: string, value: LedValue, description: string | undefined, user: User) {
    return toMachineResponse(
      this.views.of(await this.power.setIdentifyLed(id, value, description ?? '', accountOf(user))),
    );
  }
}
