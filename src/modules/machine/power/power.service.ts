import { Injectable } from '@nestjs/common';
import { invalid, malformed, notFound } from '../../../shared/errors/domain-error.js';
import type { Command } from '../../command/command.js';
import { CommandService } from '../../command/command.service.js';
import { MachineRepository } from '../core/machine.repository.js';
import { setLed } from '../core/transitions/operation.js';
import { EventService } from '../event/event.service.js';
import type { Machine } from '../machine.js';
import type { PowerCommand, PowerCommandName } from './power-command.js';

/** Power and boot commands by the last segment of their route. */
export const COMMAND_BY_ROUTE = {
  on: 'ON',
  off: 'OFF',
  reset: 'RESET',
  cycle: 'CYCLE',
  bios: 'BIOS',
  disk: 'DISK',
  pxe: 'PXE',
} as const satisfies Readonly<Record<string, PowerCommandName>>;

export type PowerRouteName = keyof typeof COMMAND_BY_ROUTE;
export type LedValue = 'LED-ON' | 'LED-OFF';

/** Commands that interrupt the running system: the machine's next boot is not a crash. */
const REBOOTING: readonly PowerCommandName[] = ['OFF', 'RESET', 'CYCLE'];

/** Issues power, boot and LED commands, regardless of a machine's state and owner: operators must always have access. */
@Injectable()
export class PowerService {
  constructor(
    private readonly machines: MachineRepository,
    private readonly events: EventService,
    private readonly commands: CommandService,
  ) {}

  /** Like `issue`, without options; returns the machine. */
  async issuePowerCommand(id: string, routeName: PowerRouteName, issuer: string): Promise<Machine> {
    const machine = this.reachable(id);
    await this.issue(id, { name: COMMAND_BY_ROUTE[routeName], params: [] }, issuer);
    return this.machines.get(id) ?? machine;
  }

  /**
   * Journals the command; the partition's agent executes it later. Not idempotent: each call issues another command.
   * Throws `not-found`, and `invalid` for a machine without a partition.
   */
  async issue(id: string, { name, params }: PowerCommand, issuer: string): Promise<Command> {
    const { partitionId: partition } = this.reachable(id);
    if (REBOOTING.includes(name)) await this.events.record(id, 'Planned Reboot', name);
    return this.commands.issue({ machine: id, partition, kind: 'command', command: name, params, issuer });
  }

  /**
   * Stores the requested state of the identify LED, then journals the command. Throws the same errors as
   * `issue`.
   */
  async setIdentifyLed(id: string, value: LedValue, description: string, issuer: string): Promise<Machine> {
    const { partitionId: partition } = this.reachable(id);
    const machine = await this.storeLed(id, value, description);
    const params = description === '' ? [] : [description];
    await this.commands.issue({ machine: id, partition, kind: 'command', command: value, params, issuer });
    return machine;
  }

  /**
   * Stores the LED state that legacy agents report after switching it
   * (docs/reference/machine-legacy.md#reporting-the-led-state). Throws `malformed` for a value other than LED-ON and
   * LED-OFF, or for LED-OFF without a description; `not-found`.
   */
  async recordLedState(id: string, value: string, description: string): Promise<Machine> {
    if (value !== 'LED-ON' && value !== 'LED-OFF') {
      throw malformed(`value "${value}" of the LED is unknown, expected LED-ON or LED-OFF`);
    }
    if (value === 'LED-OFF' && description === '')
      throw malformed('description must not be empty, expected the reason why the LED is off');
    if (!this.machines.get(id)) throw notFound('machine', id);
    return this.storeLed(id, value, description);
  }

  private storeLed(id: string, value: LedValue, description: string): Promise<Machine> {
    return this.machines.change(id, (machine) => setLed(machine, { value, description }));
  }

  private reachable(id: string): Machine {
    const machine = this.machines.get(id);
    if (!machine) throw notFound('machine', id);
    if (machine.partitionId === undefined) {
      throw invalid(`machine "${id}" does not belong to a partition, so no agent can reach its BMC`);
    }
    return machine;
  }
}
