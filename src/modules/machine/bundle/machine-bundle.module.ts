import { Module } from '@nestjs/common';
import { StoreModule } from '../../../platform/store/store.module.js';
import { IpModule } from '../../ip/ip.module.js';
import { NetworkModule } from '../../network/network.module.js';
import { VpnModule } from '../../vpn/vpn.module.js';
import { MachineAllocationModule } from '../allocation/machine-allocation.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { BundleRepository } from './bundle.repository.js';
import { BundleService } from './bundle.service.js';
import { bundleTable } from './bundle.table.js';
import { BundlePlanner } from './bundle-planner.service.js';
import { BundlePreparation } from './bundle-preparation.service.js';
import { BundleSettlement } from './bundle-settlement.service.js';
import { BundleSweeper } from './bundle-sweeper.service.js';
import { UnfinishedBundles } from './unfinished-bundles.service.js';

/** Allocates machines, firewalls and addresses together, all or nothing. */
@Module({
  imports: [
    NetworkModule,
    IpModule,
    VpnModule,
    MachineCoreModule,
    MachineAllocationModule,
    StoreModule.tables(bundleTable),
  ],
  providers: [
    BundleRepository,
    BundlePlanner,
    BundlePreparation,
    BundleSettlement,
    BundleService,
    BundleSweeper,
    UnfinishedBundles,
  ],
  exports: [BundlePlanner, BundleRepository, BundleService, BundleSettlement],
})
export class MachineBundleModule {}
