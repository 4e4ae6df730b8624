import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { VpnService } from '../../vpn/vpn.service.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';

/** What one look at the VPN brought; `errors` are machines that could not be written. */
export interface VpnCount {
  readonly connected: number;
  readonly disconnected: number;
  /** Never joined. */
  readonly absent: number;
  readonly errors: number;
}

/** Writes down which machines are connected to the VPN of their project (reference/10 §6.8). */
@Injectable()
export class VpnConnectedService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly vpn: VpnService,
  ) {}

  /** May run on several replicas at once. Throws `disabled`, and `unavailable` when nobody tells who is connected. */
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
      await this.machines.update(id, (machine) => this.marked(machine, allocation!.uuid, connected));
      return result;
    } catch (error) {
      if (isDomainError(error)) return 'errors';
      throw error;
    }
  }

  /** Only the allocation that was looked at. */
  private marked(machine: Machine, uuid: string, connected: boolean): Machine {
    const { allocation } = machine;
    if (!allocation?.vpn || allocation.uuid !== uuid) return machine;
    const vpn = { ...allocation.vpn, connected };
    return { ...machine, allocation: { ...allocation, vpn }, changed: timestamp(this.clock.now()) };
  }
}
