import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { eventTable } from '../machine/event/event.table.js';
import { ReplicaModule } from '../replica/replica.module.js';
import { FeedLag } from './feed-lag.js';
import { FleetMetrics } from './fleet-metrics.js';
import { ProcessMetrics } from './process-metrics.js';

/** Metrics about the fleet, the store and the process, read from other features. */
@Module({
  imports: [ReplicaModule, StoreModule.tables(eventTable)],
  providers: [FeedLag, FleetMetrics, ProcessMetrics],
})
export class MetricsModule {}
