import { Body, Get, Param, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { MachineIds } from '../core/machine-ids.js';
import { MachineProvisioningEvent, MachineRecentProvisioningEvents } from './event.dto.js';
import { toLegacyEventsResponse } from './event.mapper.js';
import { EventService } from './event.service.js';

/** Events over REST, for legacy clients. */
@V1Controller('machine')
export class EventController {
  constructor(private readonly events: EventService) {}

  @Get(':id/event')
  @Operation({
    id: 'getProvisioningEventContainer',
    role: 'viewer',
    summary: 'get the latest events of a machine',
    result: MachineRecentProvisioningEvents,
    deprecated: true,
  })
  getProvisioningEventContainer(@Param('id', MachineIds) id: string): MachineRecentProvisioningEvents {
    return toLegacyEventsResponse(this.events.get(id));
  }

  @Post(':id/event')
  @Operation({
    id: 'addProvisioningEvent',
    role: 'editor',
    summary: 'report an event of a machine',
    body: MachineProvisioningEvent,
    result: MachineRecentProvisioningEvents,
    audit: 'exclude',
    writes: true,
    deprecated: true,
  })
  async addProvisioningEvent(
    @Param('id', MachineIds) id: string,
    @Body() { event, message }: MachineProvisioningEvent,
  ): Promise<MachineRecentProvisioningEvents> {
    await this.events.acceptLegacy(id, event ?? '', message ?? '');
    return toLegacyEventsResponse(this.events.get(id));
  }
}
