import { Module } from '@nestjs/common';
import { MachineAdministrationModule } from './administration/machine-administration.module.js';
import { MachineAllocationModule } from './allocation/machine-allocation.module.js';
import { MachineBmcModule } from './bmc/machine-bmc.module.js';
import { MachineBootModule } from './boot/machine-boot.module.js';
import { MachineBundleModule } from './bundle/machine-bundle.module.js';
import { MachineCoreModule } from './core/machine-core.module.js';
import { MachineEventModule } from './event/machine-event.module.js';
import { MachineInstallationModule } from './installation/machine-installation.module.js';
import { MachineIssuesModule } from './issues/machine-issues.module.js';
import { MachinePowerModule } from './power/machine-power.module.js';
import { MachineQueryModule } from './query/machine-query.module.js';
import { MachineRegistrationModule } from './registration/machine-registration.module.js';
import { MachineReleaseModule } from './release/machine-release.module.js';
import { MachineVpnModule } from './vpn/machine-vpn.module.js';
import { MachineWaitingListModule } from './waiting-list/machine-waiting-list.module.js';

/**
 * The feature: one module per use case, in the order in which they may import each other
 * (docs/adr/0017-machine-aggregate.md; `npm run layers` checks it). Later features import this one.
 */
@Module({
  imports: [
    MachineCoreModule,
    MachineEventModule,
    MachineBmcModule,
    MachineQueryModule,
    MachineIssuesModule,
    MachineInstallationModule,
    MachineRegistrationModule,
    MachineBootModule,
    MachinePowerModule,
    MachineReleaseModule,
    MachineAllocationModule,
    MachineBundleModule,
    MachineWaitingListModule,
    MachineAdministrationModule,
    MachineVpnModule,
  ],
  exports: [
    MachineCoreModule,
    MachineEventModule,
    MachineQueryModule,
    MachineIssuesModule,
    MachineAllocationModule,
    MachineWaitingListModule,
  ],
})
export class MachineModule {}
