import { Body, Get, Param, Post } from '@nestjs/common';
import { Operation, V1Controller } from '../../../platform/http/operation.js';
import { MachineIds } from '../machine-ids.js';
import { MachineProvisioningEvent, MachineRecentProvisioningEvents } from './event.dto.js';
import { toEventsResponseOf2021 } from './event.mapper.js';
import { EventService } from './event.service.js';

/** Events over REST, as in 2021. */
@V1Controller('machine')
export class EventController {
  constructor(private readonly events: EventService) {}

  @Get(':id/event')
  @Operation({
    id: 'getProvisioningEventContainer',
    role: 'viewer',
    summary: 'the last events of a machine',
    result: MachineRecentProvisioningEvents,
    deprecated: true,
  })
  getProvisioningEventContainer(@Param('id', MachineIds) id: string): MachineRecentProvisioningEvents {
    return toEventsResponseOf2021(this.events.get(id));
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
    await this.events.acceptOf2021(id, event ?? '', message ?? '');
    return toEventsResponseOf2021(this.events.get(id));
  }
}
