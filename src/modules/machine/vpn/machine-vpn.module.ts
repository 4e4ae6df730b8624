import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { VpnModule } from '../../vpn/vpn.module.js';
import { VpnService } from '../../vpn/vpn.service.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { VpnConnectedService } from './vpn-connected.service.js';

const MINUTE_MS = 60_000;

/** Records which machines are connected to the VPN of their project. */
@Module({
  imports: [VpnModule, MachineCoreModule],
  providers: [VpnConnectedService],
})
export class MachineVpnModule implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: Jobs,
    private readonly vpn: VpnService,
    private readonly connections: VpnConnectedService,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.vpn.enabled) return;
    this.jobs.every(MINUTE_MS, 'machines-vpn-connected', () => this.connections.evaluate());
  }
}
