import { Injectable } from '@nestjs/common';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { VpnService } from '../../vpn/vpn.service.js';
import { MachineRepository } from '../core/machine.repository.js';
import { recordVpnConnection } from '../core/transitions/allocation.js';
import type { Machine } from '../machine.js';

/** Result of one evaluation; `errors` counts machines that could not be written. */
export interface VpnCount {
  readonly connected: number;
  readonly disconnected: number;
  /** Machines that have never joined. */
  readonly absent: number;
  readonly errors: number;
}

/** Records which machines are connected to the VPN of their project (docs/reference/vpn.md#connected-flag). */
@Injectable()
export class VpnConnectedService {
  constructor(
    private readonly machines: MachineRepository,
    private readonly vpn: VpnService,
  ) {}

  /** May run on several replicas at once. Throws `disabled`, and `unavailable` if the connections cannot be queried. */
  async evaluate(): Promise<VpnCount> {
    const isConnected = await this.vpn.connections();
    const count = { connected: 0, disconnected: 0, absent: 0, errors: 0 };
    for (const machine of [...this.machines.list()]) {
      const { id, allocation } = machine;
      if (allocation?.vpn) count[await this.settle(machine, isConnected(id, allocation.project))] += 1;
    }
    return count;
  }

  private async settle({ id, allocation }: Machine, connected: boolean | undefined): Promise<keyof VpnCount> {
    if (connected === undefined) return 'absent';
    const result = connected ? 'connected' : 'disconnected';
    if (allocation!.vpn!.connected === connected) return result;
    try {
      await this.machines.change(id, (machine) => recordVpnConnection(machine, allocation!.uuid, connected));
      return result;
    } catch (error) {
      if (isDomainError(error)) return 'errors';
      throw error;
    }
  }
}
