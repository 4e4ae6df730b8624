import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { StoreModule } from '../../../platform/store/store.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { EventController } from './event.controller.js';
import { EventGrpc } from './event.grpc.js';
import { EventService } from './event.service.js';
import { eventTable } from './event.table.js';
import { LivelinessService } from './liveliness.service.js';

const MINUTE_MS = 60_000;

const EVENT_TABLE = StoreModule.tables(eventTable);

/** Provisioning events and liveliness. */
@Module({
  imports: [MachineCoreModule, EVENT_TABLE],
  controllers: [EventController],
  providers: [EventService, EventGrpc, LivelinessService],
  exports: [EventService, EVENT_TABLE],
})
export class MachineEventModule implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly events: EventService,
    private readonly liveliness: LivelinessService,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.every(MINUTE_MS, 'machine-liveliness', () => this.liveliness.evaluate());
    this.jobs.every(MINUTE_MS, 'forget-unknown-machines', () => this.events.forgetProvisional());
  }
}
