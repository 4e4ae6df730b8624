import { Injectable } from '@nestjs/common';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import type { Clock } from '../../../shared/clock.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { MachineRepository } from '../core/machine.repository.js';
import { EventService } from '../event/event.service.js';
import type { EventContainer } from '../event/provisioning-event.js';
import { isUnowned } from '../machine.js';
import { ReleaseService } from './release.service.js';

/** A machine that is silent for longer does not recover on its own, in milliseconds. */
const LOST_AFTER = 3600_000;

/** Issuer of the reboots, as recorded in the journal. */
const ISSUER = 'resurrection';

/** `errors` counts machines that could not be rebooted, such as locked ones. */
export interface ResurrectionCount {
  readonly resurrected: number;
  readonly errors: number;
}

/** Returns lost, unowned machines to the installer (docs/reference/machine-release.md#resurrection). */
@Injectable()
export class ResurrectionService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectClock() private readonly clock: Clock,
    @InjectLogger() private readonly log: AppLogger,
    private readonly events: EventService,
    private readonly releases: ReleaseService,
  ) {}

  /**
   * Reboots every free machine that has been dead for an hour or whose reclaim failed. The reboot counts as an event,
   * so a machine that stays dead is retried an hour later.
   */
  async resurrect(): Promise<ResurrectionCount> {
    const count = { resurrected: 0, errors: 0 };
    for (const { id } of [...this.machines.list()]) {
      const result = this.isLost(id) ? await this.reboot(id) : 'alive';
      if (result !== 'alive') count[result] += 1;
    }
    return count;
  }

  /** Re-evaluated right before each reboot, because processing the preceding machines takes time. */
  private isLost(id: string): boolean {
    const machine = this.machines.get(id);
    return machine !== undefined && isUnowned(machine) && isLost(this.events.find(id), this.clock.now());
  }

  /** Refreshes the events first: the machine may have come back to life and reported to another replica. */
  private async reboot(id: string): Promise<keyof ResurrectionCount | 'alive'> {
    try {
      await this.events.refresh(id);
      if (!this.isLost(id)) return 'alive';
      await this.releases.reclaim(id, ISSUER);
      return 'resurrected';
    } catch (error) {
      if (!isDomainError(error)) throw error;
      this.log.warn(`could not reboot lost machine ${id}`, error);
      return 'errors';
    }
  }
}

function isLost(events: EventContainer | undefined, now: number): boolean {
  if (events?.lastEventTime === undefined) return false;
  const silent = now - Date.parse(events.lastEventTime) > LOST_AFTER;
  return events.failedMachineReclaim || (silent && events.liveliness === 'Dead');
}
