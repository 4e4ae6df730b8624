import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { EventService } from '../event/event.service.js';
import type { EventContainer } from '../event/provisioning-event.js';
import { isUnowned } from '../machine.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { ReleaseService } from './release.service.js';

/** A machine that is silent for longer does not come back by itself, in milliseconds. */
const LOST_AFTER = 3600_000;

/** Who orders the reboots, in the journal. */
const ISSUER = 'resurrection';

/** `errors` are machines that could not be rebooted, such as locked ones. */
export interface ResurrectionCount {
  readonly resurrected: number;
  readonly errors: number;
}

/** Brings machines that nobody owns and that got lost back to the installer (reference/10 §6.6). */
@Injectable()
export class ResurrectionService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    private readonly events: EventService,
    private readonly releases: ReleaseService,
  ) {}

  /**
   * Reboots every free machine that has been dead for an hour or was not really given back. The reboot counts as an
   * event, so that a machine which stays dead is tried again an hour later.
   */
  async resurrect(): Promise<ResurrectionCount> {
    const count = { resurrected: 0, errors: 0 };
    for (const { id } of [...this.machines.list()]) {
      const result = this.isLost(id) ? await this.reboot(id) : 'alive';
      if (result !== 'alive') count[result] += 1;
    }
    return count;
  }

  /** As of now: the machines before it in the list took their time. */
  private isLost(id: string): boolean {
    const machine = this.machines.get(id);
    return machine !== undefined && isUnowned(machine) && isLost(this.events.find(id), this.clock.now());
  }

  /** It may have come back to life and told another replica: the database knows. */
  private async reboot(id: string): Promise<keyof ResurrectionCount | 'alive'> {
    try {
      await this.events.refresh(id);
      if (!this.isLost(id)) return 'alive';
      await this.releases.reclaim(id, ISSUER);
      return 'resurrected';
    } catch (error) {
      if (!isDomainError(error)) throw error;
      this.log.warn(`machine ${id} is lost and stays so`, error);
      return 'errors';
    }
  }
}

function isLost(events: EventContainer | undefined, now: number): boolean {
  if (events?.lastEventTime === undefined) return false;
  const silent = now - Date.parse(events.lastEventTime) > LOST_AFTER;
  return events.failedMachineReclaim || (silent && events.liveliness === 'Dead');
}
