import { Module } from '@nestjs/common';
import { StoreModule } from '../../../platform/store/store.module.js';
import { IpModule } from '../../ip/ip.module.js';
import { NetworkModule } from '../../network/network.module.js';
import { PartitionModule } from '../../partition/partition.module.js';
import { PoolModule } from '../../pool/pool.module.js';
import { ProjectModule } from '../../project/project.module.js';
import { SizeModule } from '../../size/size.module.js';
import { VpnModule } from '../../vpn/vpn.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { MachineEventModule } from '../event/machine-event.module.js';
import { MachineInstallationModule } from '../installation/machine-installation.module.js';
import { MachineQueryModule } from '../query/machine-query.module.js';
import { MachineReleaseModule } from '../release/machine-release.module.js';
import { AllocationCatalog } from './allocation-catalog.js';
import { machineQuotaLedgerTable, placementLedgerTable } from './allocation-ledgers.table.js';
import { AllocationSweeper } from './allocation-sweeper.service.js';
import { AllocationController } from './allocation.controller.js';
import { AllocationService } from './allocation.service.js';
import { ClaimService } from './claim.service.js';
import { ExecutionService } from './execution.service.js';
import { ExplanationController } from './explanation.controller.js';
import { ExplanationService } from './explanation.service.js';
import { MachineQuotas } from './machine-quotas.service.js';
import { MachinesAwaited } from './machines-awaited.js';
import { OrphanedAllocations } from './orphaned-allocations.service.js';
import { PlacementService } from './placement.service.js';
import { PriorClaims } from './prior-claims.service.js';
import { SweepProgress } from './sweep-progress.js';
import { UnfinishedWork } from './unfinished-work.service.js';

/** Allocates machines and firewalls, and finishes or undoes what was interrupted. */
@Module({
  imports: [
    ProjectModule,
    PartitionModule,
    SizeModule,
    PoolModule,
    NetworkModule,
    IpModule,
    VpnModule,
    MachineCoreModule,
    MachineEventModule,
    MachineQueryModule,
    MachineInstallationModule,
    MachineReleaseModule,
    StoreModule.tables(placementLedgerTable, machineQuotaLedgerTable),
  ],
  controllers: [AllocationController, ExplanationController],
  providers: [
    AllocationCatalog,
    ExplanationService,
    MachineQuotas,
    MachinesAwaited,
    PriorClaims,
    PlacementService,
    UnfinishedWork,
    SweepProgress,
    OrphanedAllocations,
    AllocationService,
    ClaimService,
    ExecutionService,
    AllocationSweeper,
  ],
  exports: [
    AllocationService,
    AllocationCatalog,
    ClaimService,
    ExecutionService,
    MachineQuotas,
    MachinesAwaited,
    PriorClaims,
    PlacementService,
    SweepProgress,
  ],
})
export class MachineAllocationModule {}
