import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import type { Clock } from '../../../shared/clock.js';
import { CLOCK } from '../../../shared/clock.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { eventTable } from './event.table.js';
import { livelinessOf } from './liveliness.js';
import type { EventContainer, Liveliness } from './provisioning-event.js';

/** Machines by the result of one evaluation; `errors` are those that could not be written. */
export type LivelinessCount = Record<Lowercase<Liveliness> | 'errors', number>;

/** Writes side by side: a partition that goes dark changes thousands of containers at once. */
const PARALLEL = 100;

/** Tells the living machines from the silent ones (reference/10 §6.4). */
@Injectable()
export class LivelinessService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @InjectTable(eventTable) private readonly events: Table<EventContainer>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Evaluates every machine and stores what changed. May run on several replicas at once. A machine that has never
   * reported counts as unknown.
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
      const stored = await this.events.update(machine.id, (current) => {
        const liveliness = livelinessOf(current, allocated, now);
        return liveliness === current.liveliness ? current : { ...current, liveliness };
      });
      return countedAs(stored.liveliness);
    } catch (error) {
      if (isDomainError(error)) return 'errors';
      throw error;
    }
  }
}

const countedAs = (liveliness: Liveliness) => liveliness.toLowerCase() as Lowercase<Liveliness>;
