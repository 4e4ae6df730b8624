import { Module } from '@nestjs/common';
import { StoreModule } from '../../../platform/store/store.module.js';
import { IpModule } from '../../ip/ip.module.js';
import { MachineAllocationModule } from '../allocation/machine-allocation.module.js';
import { MachineBundleModule } from '../bundle/machine-bundle.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { MachineQueryModule } from '../query/machine-query.module.js';
import { AllocateManyController } from './allocate-many.controller.js';
import { Attempts } from './attempts.service.js';
import { EntryBundles } from './entry-bundles.service.js';
import { MachineWants } from './machine-wants.service.js';
import { Prospects } from './prospects.service.js';
import { ServingService } from './serving.service.js';
import { WaitController } from './wait.controller.js';
import { waitEntryTable } from './wait-entry.table.js';
import { WaitingListMetrics } from './waiting-list-metrics.service.js';
import { WaitingListPass } from './waiting-list-pass.service.js';
import { WaitingListWaker } from './waiting-list-waker.service.js';
import { WaitingListRepository } from './waiting-list.repository.js';
import { WaitingListService } from './waiting-list.service.js';

/** Allocates bundles now or, for requests that wait, in order when machines become free. */
@Module({
  imports: [
    IpModule,
    MachineCoreModule,
    MachineQueryModule,
    MachineAllocationModule,
    MachineBundleModule,
    StoreModule.tables(waitEntryTable),
  ],
  controllers: [AllocateManyController, WaitController],
  providers: [
    WaitingListRepository,
    MachineWants,
    Attempts,
    EntryBundles,
    Prospects,
    ServingService,
    WaitingListPass,
    WaitingListService,
    WaitingListWaker,
    WaitingListMetrics,
  ],
  exports: [WaitingListRepository],
})
export class MachineWaitingListModule {}
