import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import type { Clock } from '../../../shared/clock.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import { checkId } from '../../../shared/entity.js';
import { invalid, notFound } from '../../../shared/errors/domain-error.js';
import { quoted } from '../../../shared/text.js';
import { storedMachineId } from '../machine-ids.js';
import { newMachine } from '../machine.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { eventTable } from './event.table.js';
import { EVENT_TYPES, isEventType, newEventContainer, RESET_FAIL_COUNT } from './provisioning-event.js';
import type { EventContainer, EventType } from './provisioning-event.js';
import { isTouch, receive } from './receive.js';
import type { IncomingEvent } from './receive.js';
import { Touches } from './touches.js';

/** The provisioning events of machines. Every change of a container goes through here and through the lifecycle table. */
@Injectable()
export class EventService {
  private readonly touches: Touches;

  constructor(
    @InjectTable(eventTable) private readonly events: Table<EventContainer>,
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.touches = new Touches(events);
  }

  /** The container of a machine; `undefined` when it has never reported. */
  find(machineId: string): EventContainer | undefined {
    return this.events.get(machineId);
  }

  /** Brings memory up to date with the database. */
  async refresh(machineId: string): Promise<void> {
    await this.events.fresh(machineId);
  }

  /** Throws `not-found` for a machine that does not exist or has never reported. */
  get(machineId: string): EventContainer {
    const container = this.machines.get(machineId) && this.find(machineId);
    if (!container) throw notFound('events of a machine', machineId);
    return container;
  }

  /**
   * Takes an event of a machine through the lifecycle, at time `at` (milliseconds, default now). Stored when it
   * resolves; concurrent events of one machine are applied one after the other, none is lost. The machine itself need
   * not exist.
   */
  async record(machineId: string, event: EventType, message: string, at = this.clock.now()): Promise<void> {
    const incoming: IncomingEvent = { time: at, event, message };
    const known = this.events.get(machineId);
    const after = known && receive(known, incoming);
    if (known && after === known) return;
    if (known && after?.lastEventTime && isTouch(known, after)) {
      return this.touches.add(machineId, after.lastEventTime);
    }
    const now = timestamp(at);
    await this.events.upsert(machineId, (current) => receive(current ?? newEventContainer(machineId, now), incoming));
  }

  /**
   * Like `record`, for what a client sends: an unknown machine is created empty, since the first sign of a machine may
   * precede everything else. Throws `malformed` for an id that no machine can have, `invalid` for an unknown event.
   */
  async accept(reportedId: string, event: string, message: string): Promise<void> {
    const machineId = storedMachineId(this.machines, reportedId);
    checkId('machine', machineId);
    if (!isEventType(event)) {
      throw invalid(
        `provisioning event ${quoted(event, 60)} of machine "${machineId}" is none of ${EVENT_TYPES.join(', ')}`,
      );
    }
    await this.ensureMachine(machineId);
    await this.record(machineId, event, message);
  }

  /** Like `accept`, for clients of 2021, which also know `Reset Fail Count`. */
  async acceptOf2021(machineId: string, event: string, message: string): Promise<void> {
    if (event !== RESET_FAIL_COUNT) return this.accept(machineId, event, message);
    checkId('machine', machineId);
    return this.resetFailCount(machineId, message);
  }

  /** Creates the container of a machine that has none; idempotent. */
  async ensure(machineId: string): Promise<void> {
    if (this.events.get(machineId)) return;
    const now = timestamp(this.clock.now());
    await this.events.upsert(machineId, (current) => current ?? newEventContainer(machineId, now));
  }

  /** The event `Reset Fail Count` of clients of 2021: ends a crash loop and starts the lifecycle anew. */
  private async resetFailCount(machineId: string, message: string): Promise<void> {
    await this.ensureMachine(machineId);
    const time = this.clock.now();
    await this.events.upsert(machineId, (current) => {
      // A planned reboot has the same effect on log and flags; only the name differs.
      const container = current ?? newEventContainer(machineId, timestamp(time));
      const after = receive(container, { time, event: 'Planned Reboot', message });
      const [newest, ...older] = after.events;
      return { ...after, events: [{ ...newest!, event: RESET_FAIL_COUNT }, ...older] };
    });
  }

  /** Forgets the log of a machine that leaves the data centre, so that a later one with its id starts afresh. */
  async forget(machineId: string): Promise<void> {
    await this.events.remove(machineId);
  }

  private async ensureMachine(machineId: string): Promise<void> {
    if (this.machines.get(machineId)) return;
    const now = timestamp(this.clock.now());
    await this.machines.upsert(machineId, (current) => current ?? newMachine(machineId, now));
  }
}
