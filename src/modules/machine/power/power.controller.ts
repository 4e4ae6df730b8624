import { applyDecorators, Body, Param, Post, Query } from '@nestjs/common';
import { CurrentUser } from '../../../platform/auth/current-user.js';
import { accountOf } from '../../../platform/auth/user.js';
import type { User } from '../../../platform/auth/user.js';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import type { OperationOptions } from '../../../platform/http/operation.js';
import { TextQuery } from '../../../platform/http/wire/query.js';
import { MachineIds } from '../machine-ids.js';
import { ChassisIdentifyLEDState, MachineResponse } from '../machine.dto.js';
import { toMachineResponse } from '../machine.mapper.js';
import { MachineViewService } from '../query/machine-view.service.js';
import { EmptyBody } from '../../../platform/http/wire/empty-body.js';
import { PowerService } from './power.service.js';
import type { LedValue, PowerAction } from './power.service.js';

/** What the routes below have in common; none of them has a `@Body()`, since bodies are not read. */
const PowerRoute = (path: string, options: Pick<OperationOptions, 'id' | 'summary' | 'query'>): MethodDecorator =>
  applyDecorators(
    Post(`:id/power/${path}`),
    Operation({ ...options, role: 'editor', body: EmptyBody, result: MachineResponse }),
  );

const LED_QUERY = { description: { type: 'string', doc: 'why the LED is switched' } } as const;

/** Orders to the board management controllers of machines. */
@V1Controller('machine')
export class PowerController {
  constructor(
    private readonly orders: PowerService,
    private readonly views: MachineViewService,
  ) {}

  @PowerRoute('on', { id: 'machineOn', summary: 'switch a machine on' })
  machineOn(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.power(id, 'on', user);
  }

  @PowerRoute('off', { id: 'machineOff', summary: 'switch a machine off' })
  machineOff(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.power(id, 'off', user);
  }

  @PowerRoute('reset', { id: 'machineReset', summary: 'reset a machine' })
  machineReset(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.power(id, 'reset', user);
  }

  @PowerRoute('cycle', { id: 'machineCycle', summary: 'take a machine from power for a moment' })
  machineCycle(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.power(id, 'cycle', user);
  }

  @PowerRoute('bios', { id: 'machineBios', summary: 'boot a machine into its BIOS next time' })
  machineBios(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.power(id, 'bios', user);
  }

  @PowerRoute('disk', { id: 'machineDisk', summary: 'boot a machine from disk from now on' })
  machineDisk(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.power(id, 'disk', user);
  }

  @PowerRoute('pxe', { id: 'machinePxe', summary: 'boot a machine from the network from now on' })
  machinePxe(@Param('id', MachineIds) id: string, @CurrentUser() user: User): Promise<MachineResponse> {
    return this.power(id, 'pxe', user);
  }

  @PowerRoute('chassis-identify-led-on', {
    id: 'chassisIdentifyLEDOn',
    summary: 'switch the identify LED of a machine on',
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
    summary: 'switch the identify LED of a machine off',
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
    summary: 'report the state of the identify LED',
    body: ChassisIdentifyLEDState,
    result: MachineResponse,
    deprecated: true,
  })
  async setChassisIdentifyLEDState(
    @Param('id', MachineIds) id: string,
    @Body() body: ChassisIdentifyLEDState,
  ): Promise<MachineResponse> {
    const { value = '', description = '' } = body;
    return toMachineResponse(this.views.of(await this.orders.ledReported(id, value, description)));
  }

  private async power(id: string, action: PowerAction, user: User): Promise<MachineResponse> {
    return toMachineResponse(this.views.of(await this.orders.power(id, action, accountOf(user))));
  }

  private async identify(id: string, value: LedValue, description: string | undefined, user: User) {
    return toMachineResponse(this.views.of(await this.orders.identify(id, value, description ?? '', accountOf(user))));
  }
}
