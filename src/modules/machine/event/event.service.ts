import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import type { Clock } from '../../../shared/clock.js';
import { nextTurn } from '../../../shared/async.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import { checkId } from '../../../shared/entity.js';
import { invalid, isDomainError, notFound } from '../../../shared/errors/domain-error.js';
import type { DomainError } from '../../../shared/errors/domain-error.js';
import { cleaned, MAX_DEVICE_MESSAGE, quoted } from '../../../shared/text.js';
import { storedMachineId } from '../machine-ids.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { eventTable } from './event.table.js';
import { EVENT_TYPES, isEventType, newEventContainer, RESET_FAIL_COUNT } from './provisioning-event.js';
import type { EventContainer, EventType } from './provisioning-event.js';
import { isTouch, receive } from './receive.js';
import type { IncomingEvent } from './receive.js';
import { Touches } from './touches.js';
import { noRoomFor, UnknownMachines } from './unknown-machines.js';

/** Errors of one kind are noted at most this often for one machine, in milliseconds. */
const NOTE_INTERVAL_MS = 60_000;

/** An event as a client sent it. */
export interface SentEvent {
  readonly machineId: string;
  readonly event: string;
  readonly message: string;
}

/** Events of one message that could not be stored, in no particular order. */
export class LostEvents {
  readonly machineIds: string[] = [];
  /** Why one of them was lost; undefined when none was. A reason for each would cost more than the event. */
  reason: DomainError | undefined;

  add(machineId: string, reason: () => DomainError): void {
    this.machineIds.push(machineId);
    this.reason ??= reason();
  }
}

/** Events that are looked at without a pause, a few milliseconds of work, and how many slices may wait for the database. */
const SLICE = 250;
const SLICES_AT_A_TIME = 8;

/** The provisioning events of machines. Every change of a container goes through here and through the lifecycle table. */
@Injectable()
export class EventService {
  private readonly touches: Touches;
  private readonly unknown: UnknownMachines;

  constructor(
    @InjectTable(eventTable) private readonly events: Table<EventContainer>,
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.touches = new Touches(events);
    this.unknown = new UnknownMachines(machines, events, clock);
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
   * Like `record`, for what a client sends: an unknown machine is created for a while, since the first sign of a machine
   * may precede everything else. Throws `malformed` for an id that no machine can have, `invalid` for an unknown event,
   * `exhausted` when too many unknown machines are remembered.
   */
  async accept(reportedId: string, event: string, message: string): Promise<void> {
    const machineId = storedMachineId(this.machines, reportedId);
    const type = this.checkSent(machineId, event);
    await this.unknown.ensure(machineId);
    await this.record(machineId, type, message);
  }

  /**
   * Like `accept`, for any number of machines. One event that cannot be stored does not keep the others from being stored;
   * the result says which are lost. Lets others have their turn in between, and writes signs of life together.
   */
  async acceptAll(events: readonly SentEvent[]): Promise<LostEvents> {
    const lost = new LostEvents();
    const slices: Promise<PromiseSettledResult<void>[]>[] = [];
    const settle = async (slice: Promise<PromiseSettledResult<void>[]> | undefined): Promise<void> => {
      for (const result of (await slice) ?? []) if (result.status === 'rejected') throw result.reason;
    };
    for (let start = 0; start < events.length; start += SLICE) {
      const possible = events.slice(start, start + SLICE).filter((sent) => this.isPossible(sent, lost));
      slices.push(Promise.allSettled(possible.map((sent) => this.acceptOr(sent, lost))));
      if (slices.length > SLICES_AT_A_TIME) await settle(slices.shift());
      await nextTurn();
    }
    for (const slice of slices) await settle(slice);
    return lost;
  }

  /** Like `accept`, for clients of 2021, which also know `Reset Fail Count`. */
  async acceptOf2021(machineId: string, event: string, message: string): Promise<void> {
    if (event !== RESET_FAIL_COUNT) return this.accept(machineId, event, message);
    checkId('machine', machineId);
    return this.resetFailCount(storedMachineId(this.machines, machineId), message);
  }

  /** Forgets machines of which nothing but events came for a while; returns how many. */
  forgetUnknown(): Promise<number> {
    return this.unknown.forgetSilent();
  }

  /**
   * Remembers an error of a machine that has reported before, without a step in its lifecycle and without taking it for a
   * sign of life: it then shows among the machine's issues. Noted once a minute at most; strangers can cause it.
   */
  async noteError(machineId: string, event: EventType, message: string): Promise<void> {
    const time = this.clock.now();
    const noted = { time: timestamp(time), event, message: cleaned(message, MAX_DEVICE_MESSAGE) };
    if (!this.events.get(machineId)) return;
    await this.events.update(machineId, (current) => {
      const last = current.lastErrorEvent;
      const isRecent = last?.event === event && time - Date.parse(last.time) < NOTE_INTERVAL_MS;
      return isRecent ? current : { ...current, lastErrorEvent: noted };
    });
  }

  /** Creates the container of a machine that has none; idempotent. */
  async ensure(machineId: string): Promise<void> {
    if (this.events.get(machineId)) return;
    const now = timestamp(this.clock.now());
    await this.events.upsert(machineId, (current) => current ?? newEventContainer(machineId, now));
  }

  /** The event `Reset Fail Count` of clients of 2021: ends a crash loop and starts the lifecycle anew. */
  private async resetFailCount(machineId: string, message: string): Promise<void> {
    await this.unknown.ensure(machineId);
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

  /** Rules out at hardly any cost what a flood consists of. */
  private isPossible({ machineId, event }: SentEvent, lost: LostEvents): boolean {
    if (!isEventType(event)) lost.add(machineId, () => unknownEvent(machineId, event));
    else if (!this.unknown.hasRoomFor(storedMachineId(this.machines, machineId)))
      lost.add(machineId, () => noRoomFor(machineId));
    else return true;
    return false;
  }

  private async acceptOr({ machineId, event, message }: SentEvent, lost: LostEvents): Promise<void> {
    try {
      await this.accept(machineId, event, message);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      lost.add(machineId, () => error);
    }
  }

  private checkSent(machineId: string, event: string): EventType {
    checkId('machine', machineId);
    if (isEventType(event)) return event;
    throw unknownEvent(machineId, event);
  }
}

const unknownEvent = (machineId: string, event: string): DomainError =>
  invalid(
    `provisioning event ${quoted(event, 60)} of machine ${quoted(machineId)} is none of ${EVENT_TYPES.join(', ')}`,
  );
