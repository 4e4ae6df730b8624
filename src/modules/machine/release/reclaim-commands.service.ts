import { Injectable } from '@nestjs/common';
import { allEnded } from '../../../shared/concurrency/all-ended.js';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
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
  async reboot({ id, partitionId }: Machine, releaseId: string, issuer: string): Promise<void> {
    await allEnded([
      this.events.record(id, 'Machine Reclaim', 'free machine called'),
      this.commands.issue({ id: releaseId, machine: id, partition: partitionId, kind: 'reclaim', issuer }),
    ]);
  }

  /**
   * Switches off the identify LED: a lit LED means that work on the machine is in progress, and the next owner should
   * not inherit it. Failures must not fail the release.
   */
  async ledOff({ id, partitionId }: Machine, issuer: string): Promise<void> {
    try {
      await this.commands.issue({ machine: id, partition: partitionId, kind: 'command', command: 'LED-OFF', issuer });
    } catch (error) {
      if (!isDomainError(error)) throw error;
      this.log.warn(`could not switch off the LED of machine ${id}`, error);
    }
  }
}
