import { Injectable } from '@nestjs/common';
import { allEnded } from '../../../shared/concurrency/all-ended.js';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import type { CommandRequest } from '../../command/command.js';
import { CommandService } from '../../command/command.service.js';
import { EventService } from '../event/event.service.js';
import type { Machine } from '../machine.js';

/** The commands that return a machine to the installer. */
@Injectable()
export class ReclaimCommands {
  constructor(
    private readonly commands: CommandService,
    private readonly events: EventService,
    @InjectLogger() private readonly log: AppLogger,
  ) {}

  /**
   * Records the event and journals the reboot into PXE. Idempotent for the same release, whose ID the command has: the
   * machine reboots only once.
   */
  async reboot(machine: Machine, releaseId: string, issuer: string): Promise<void> {
    await allEnded([this.recordEvent(machine), this.commands.issue(reclaimOf(machine, releaseId, issuer))]);
  }

  /**
   * Like `reboot`, after the identify LED is switched off: a lit LED means that work on the machine is in progress, and the
   * next owner should not inherit it. That it could not be switched off must not fail the release.
   */
  async darkenAndReboot(machine: Machine, releaseId: string, issuer: string): Promise<void> {
    const { id, partitionId } = machine;
    const ledOff = { machine: id, partition: partitionId, kind: 'command', command: 'LED-OFF', issuer } as const;
    const [[darkened, rebooted]] = await allEnded([
      this.commands.issueTogether([ledOff, reclaimOf(machine, releaseId, issuer)]),
      this.recordEvent(machine),
    ]);
    if (darkened?.status === 'rejected')
      this.log.warn(`could not switch off the LED of machine ${id}`, darkened.reason);
    if (rebooted?.status === 'rejected') throw rebooted.reason;
  }

  private recordEvent({ id }: Machine): Promise<unknown> {
    return this.events.record(id, 'Machine Reclaim', 'free machine called');
  }
}

const reclaimOf = ({ id, partitionId }: Machine, releaseId: string, issuer: string): CommandRequest => ({
  ...{ id: releaseId, machine: id, partition: partitionId },
  ...{ kind: 'reclaim', issuer },
});
