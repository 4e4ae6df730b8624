import { Injectable } from '@nestjs/common';
import { InjectTable } from '../../platform/store/inject.js';
import { Store } from '../../platform/store/store.js';
import type { Table } from '../../platform/store/table.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import type { Reading } from '../../platform/telemetry/metrics.js';
import { InjectClock } from '../../platform/time/inject-clock.js';
import type { Clock } from '../../shared/clock.js';
import { eventTable } from '../machine/event/event.table.js';
import type { EventContainer } from '../machine/event/provisioning-event.js';
import { isCandidate } from '../machine/candidate-rules.js';
import type { Machine } from '../machine/machine.js';
import { machineTable } from '../machine/machine.table.js';

const ALLOCATION_STATES = ['allocated', 'claimed', 'releasing', 'available', 'unavailable'] as const;
const LIVELINESS = ['Alive', 'Dead', 'Unknown'] as const;
const UNFINISHED = ['claim', 'release'] as const;

/** Exports the state of the fleet, read from memory at each scrape. Every replica exports the same values. */
@Injectable()
export class FleetMetrics {
  /** For reading only: machines are written through their repository. */
  private readonly machines: Pick<Table<Machine, 'unfinished'>, 'list' | 'by'>;

  constructor(
    metrics: Metrics,
    store: Store,
    @InjectTable(eventTable) private readonly events: Table<EventContainer>,
    @InjectClock() private readonly clock: Clock,
  ) {
    this.machines = store.table(machineTable);
    metrics.gauge(
      'metal_api_machines',
      'machines by partition and allocation state; available = can be allocated by size',
      () => this.count(ALLOCATION_STATES, (machine) => allocationState(machine)),
      'partition',
      'state',
    );
    metrics.gauge(
      'metal_api_machines_by_liveliness',
      'machines by partition and liveliness',
      () => this.count(LIVELINESS, ({ id }) => this.events.get(id)?.liveliness ?? 'Unknown'),
      'partition',
      'liveliness',
    );
    metrics.gauge(
      'metal_api_unfinished_allocations',
      'claims and releases of machines in progress',
      () => this.unfinished(),
      'kind',
      'overdue',
    );
    metrics.gauge(
      'metal_api_unfinished_overdue_seconds',
      'how long the oldest claim or release is past its deadline, 0 if none is',
      () => UNFINISHED.map((kind) => ({ labels: [kind], value: this.oldestOverdue(kind) })),
      'kind',
    );
  }

  /** Readings for each partition and value, also those without machines, so that graphs return to zero. */
  private count(values: readonly string[], valueOf: (machine: Machine) => string): readonly Reading[] {
    const partitions = new Map<string, Map<string, number>>();
    for (const machine of this.machines.list()) {
      const { partitionId = '' } = machine;
      const counts = partitions.get(partitionId) ?? new Map<string, number>(values.map((value) => [value, 0]));
      partitions.set(partitionId, counts);
      const value = valueOf(machine);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...partitions].flatMap(([partition, counts]) =>
      [...counts].map(([label, value]) => ({ labels: [partition, label], value })),
    );
  }

  private unfinished(): readonly Reading[] {
    const now = this.clock.now();
    return UNFINISHED.flatMap((kind) => {
      const deadlines = this.deadlines(kind);
      const overdue = deadlines.filter((deadline) => deadline < now).length;
      return [
        { labels: [kind, 'no'], value: deadlines.length - overdue },
        { labels: [kind, 'yes'], value: overdue },
      ];
    });
  }

  private oldestOverdue(kind: (typeof UNFINISHED)[number]): number {
    const now = this.clock.now();
    return (now - Math.min(now, ...this.deadlines(kind))) / 1000;
  }

  /** Milliseconds since the epoch. */
  private deadlines(kind: (typeof UNFINISHED)[number]): readonly number[] {
    return this.machines.by('unfinished', 'yes').flatMap((machine) => {
      const deadline = machine[kind]?.deadline;
      return deadline === undefined ? [] : [Date.parse(deadline)];
    });
  }
}

function allocationState(machine: Machine): (typeof ALLOCATION_STATES)[number] {
  if (machine.release) return 'releasing';
  if (machine.allocation) return 'allocated';
  if (machine.claim) return 'claimed';
  return isCandidate(machine) ? 'available' : 'unavailable';
}
