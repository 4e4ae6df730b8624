import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { invalid, malformed, notFound } from '../../../shared/errors/domain-error.js';
import { CommandService } from '../../command/command.service.js';
import { EventService } from '../event/event.service.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';

/** What can be done with the power and the boot order of a machine, by the last part of the route. */
export const POWER_COMMANDS = {
  on: 'ON',
  off: 'OFF',
  reset: 'RESET',
  cycle: 'CYCLE',
  bios: 'BIOS',
  disk: 'DISK',
  pxe: 'PXE',
} as const;

export type PowerAction = keyof typeof POWER_COMMANDS;
export type LedValue = 'LED-ON' | 'LED-OFF';

/** These take the running system away: the machine's next boot is no crash. */
const REBOOTING: readonly PowerAction[] = ['off', 'reset', 'cycle'];

/** Gives orders to BMCs. Whatever the state of a machine and whoever owns it: operators must always reach the button. */
@Injectable()
export class PowerService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly events: EventService,
    private readonly commands: CommandService,
  ) {}

  /**
   * Journals the command; the partition's agent carries it out later. Not idempotent: each call is another command.
   * Throws `not-found`, and `invalid` for a machine without partition.
   */
  async power(id: string, action: PowerAction, issuer: string): Promise<Machine> {
    const machine = this.reachable(id);
    const command = POWER_COMMANDS[action];
    if (REBOOTING.includes(action)) await this.events.record(id, 'Planned Reboot', command);
    await this.commands.issue({ machine: id, partition: machine.partitionId, type: 'command', command, issuer });
    return this.machines.get(id) ?? machine;
  }

  /** Stores the wanted state of the identify LED, then journals the command. Throws as `power` does. */
  async identify(id: string, value: LedValue, description: string, issuer: string): Promise<Machine> {
    const { partitionId: partition } = this.reachable(id);
    const machine = await this.storeLed(id, value, description);
    const params = description === '' ? [] : [description];
    await this.commands.issue({ machine: id, partition, type: 'command', command: value, params, issuer });
    return machine;
  }

  /**
   * What agents of 2021 say about the LED after they switched it (reference/10 §11.2.6). Throws `malformed` for another
   * value than LED-ON and LED-OFF, or LED-OFF without description; `not-found`.
   */
  async ledReported(id: string, value: string, description: string): Promise<Machine> {
    if (value !== 'LED-ON' && value !== 'LED-OFF') {
      throw malformed(`value "${value}" of the LED is unknown, expected LED-ON or LED-OFF`);
    }
    if (value === 'LED-OFF' && description === '') throw malformed('description must say why the LED is off');
    if (!this.machines.get(id)) throw notFound('machine', id);
    return this.storeLed(id, value, description);
  }

  private storeLed(id: string, value: LedValue, description: string): Promise<Machine> {
    const changed = timestamp(this.clock.now());
    return this.machines.update(id, (machine) => ({ ...machine, led: { value, description }, changed }));
  }

  private reachable(id: string): Machine {
    const machine = this.machines.get(id);
    if (!machine) throw notFound('machine', id);
    if (machine.partitionId === '') {
      throw invalid(`machine "${id}" belongs to no partition, so no agent can reach its BMC`);
    }
    return machine;
  }
}
