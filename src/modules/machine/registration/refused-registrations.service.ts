import { Injectable } from '@nestjs/common';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import type { DomainError } from '../../../shared/errors/domain-error.js';
import { MachineRepository } from '../core/machine.repository.js';
import { EventService } from '../event/event.service.js';
import { InstallationService } from '../installation/installation.service.js';
import { SHOULD_BOOT_FROM_DISK } from './registration-check.js';

/** What becomes of registrations that were refused. */
@Injectable()
export class RefusedRegistrations {
  constructor(
    private readonly machines: MachineRepository,
    @InjectLogger() private readonly log: AppLogger,
    private readonly events: EventService,
    private readonly installations: InstallationService,
  ) {}

  /**
   * Records a refused registration. An installer that starts on an installed machine was not instructed, or failed,
   * to boot from disk; its report may have been interrupted before its ports were in their VRF.
   */
  async note(machineId: string, { message, details }: DomainError): Promise<void> {
    const machine = this.machines.get(machineId);
    if (!machine) return;
    this.log.warn(`refused a registration of machine ${machineId}`, message);
    await this.events.noteError(machineId, 'Registering', `registration refused: ${message}`);
    if (details?.[SHOULD_BOOT_FROM_DISK]) await this.installations.complete(machine);
  }
}
