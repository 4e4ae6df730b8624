import { Injectable } from '@nestjs/common';
import { allEnded } from '../../../shared/concurrency/all-ended.js';
import type { AllocationId, MachineId } from '../../../shared/id.js';
import { IpService } from '../../ip/ip.service.js';
import { PoolService } from '../../pool/pool.service.js';
import { SwitchService } from '../../switch/switch.service.js';
import { VpnService } from '../../vpn/vpn.service.js';
import type { MachineAllocation } from '../machine.js';

/** Takes machines out of the networks of their tenants. */
@Injectable()
export class TenantNetworking {
  constructor(
    private readonly vpn: VpnService,
    private readonly switches: SwitchService,
    private readonly ips: IpService,
    private readonly pools: PoolService,
  ) {}

  /** Removes the machine from the VPN and its switch ports from the VRF. Idempotent. */
  async disconnect(machineId: MachineId, allocation: MachineAllocation | undefined): Promise<void> {
    if (allocation?.vpn) await this.vpn.removeMachine(machineId, allocation.project);
    await this.switches.setVrf(machineId, undefined);
  }

  /**
   * Releases the addresses and the AS number of the allocation `uuid` (undefined if the machine had none), also those that
   * only its document names. Idempotent: resources are released by their owner.
   */
  async releaseResources(
    machineId: MachineId,
    uuid: AllocationId | undefined,
    allocation: MachineAllocation | undefined,
  ): Promise<void> {
    if (uuid === undefined) return;
    const recorded = allocation?.networks.flatMap(({ ips }) => ips);
    await allEnded([
      this.ips.releaseAllocation(machineId, uuid, 'freed', recorded),
      this.pools.releaseAsn(uuid, allocation?.asn),
    ]);
  }
}
