import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { CommandModule } from '../../command/command.module.js';
import { IpModule } from '../../ip/ip.module.js';
import { PoolModule } from '../../pool/pool.module.js';
import { SwitchModule } from '../../switch/switch.module.js';
import { VpnModule } from '../../vpn/vpn.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { MachineEventModule } from '../event/machine-event.module.js';
import { MachineQueryModule } from '../query/machine-query.module.js';
import { ReclaimCommands } from './reclaim-commands.service.js';
import { ReleaseController } from './release.controller.js';
import { ReleaseService } from './release.service.js';
import { ResurrectionService } from './resurrection.service.js';
import { TenantNetworking } from './tenant-networking.service.js';

const HOUR_MS = 60 * 60_000;

/** Frees machines, and reboots lost ones. */
@Module({
  imports: [
    IpModule,
    PoolModule,
    SwitchModule,
    CommandModule,
    VpnModule,
    MachineCoreModule,
    MachineEventModule,
    MachineQueryModule,
  ],
  controllers: [ReleaseController],
  providers: [ReclaimCommands, TenantNetworking, ReleaseService, ResurrectionService],
  exports: [ReleaseService],
})
export class MachineReleaseModule implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly resurrection: ResurrectionService,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.every(HOUR_MS, 'resurrect-machines', () => this.resurrection.resurrect());
  }
}
