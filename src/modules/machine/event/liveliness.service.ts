import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import type { Clock } from '../../../shared/clock.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { MachineRepository } from '../core/machine.repository.js';
import type { Machine } from '../machine.js';
import { eventTable } from './event.table.js';
import { setLiveliness } from './event-transitions.js';
import { livelinessOf } from './liveliness.js';
import type { EventContainer, Liveliness } from './provisioning-event.js';

/** Number of machines by result of one evaluation; `errors` counts those that could not be written. */
export type LivelinessCount = Record<Lowercase<Liveliness> | 'errors', number>;

/** Concurrent writes: a partition that goes dark changes thousands of containers at once. */
const PARALLEL = 100;

/** Determines which machines are alive (docs/reference/provisioning-events.md#liveliness). */
@Injectable()
export class LivelinessService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectTable(eventTable) private readonly events: Table<EventContainer>,
    @InjectClock() private readonly clock: Clock,
  ) {}

  /**
   * Evaluates every machine and stores changes. May run on several replicas at once. Machines that have never
   * reported are counted as unknown.
   */
  async evaluate(): Promise<LivelinessCount> {
    const count: LivelinessCount = { alive: 0, dead: 0, unknown: 0, errors: 0 };
    const machines = [...this.machines.list()];
    for (let start = 0; start < machines.length; start += PARALLEL) {
      const results = await Promise.all(machines.slice(start, start + PARALLEL).map((machine) => this.settle(machine)));
      for (const result of results) count[result] += 1;
    }
    return count;
  }

  private async settle(machine: Machine): Promise<keyof LivelinessCount> {
    const known = this.events.get(machine.id);
    if (known === undefined) return 'unknown';
    const allocated = machine.allocation !== undefined;
    const now = this.clock.now();
    if (livelinessOf(known, allocated, now) === known.liveliness) return countedAs(known.liveliness);
    try {
      const stored = await this.events.update(machine.id, (current) =>
        setLiveliness(current, livelinessOf(current, allocated, now)),
      );
      return countedAs(stored.liveliness);
    } catch (error) {
      if (isDomainError(error)) return 'errors';
      throw error;
    }
  }
}

const countedAs = (liveliness: Liveliness) => liveliness.toLowerCase() as Lowercase<Liveliness>;
