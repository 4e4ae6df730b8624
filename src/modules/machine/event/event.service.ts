import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import type { Clock } from '../../../shared/clock.js';
import { nextLoopRound } from '../../../shared/concurrency/timers.js';
import { timestamp } from '../../../shared/clock.js';
import { checkId } from '../../../shared/entity.js';
import { invalid, isDomainError, notFound } from '../../../shared/errors/domain-error.js';
import type { DomainError } from '../../../shared/errors/domain-error.js';
import { quoteText } from '../../../shared/text.js';
import type { MachineId } from '../../../shared/id.js';
import { MachineRepository } from '../core/machine.repository.js';
import { storedMachineId } from '../core/machine-ids.js';
import { eventTable } from './event.table.js';
import { EVENT_TYPES, isEventType, newEventContainer, RESET_FAIL_COUNT } from './provisioning-event.js';
import type { EventContainer, EventType } from './provisioning-event.js';
import { isHeartbeat, applyEvent, noteError, resetFailCount } from './event-transitions.js';
import type { IncomingEvent } from './event-transitions.js';
import { HeartbeatBatcher } from './heartbeat-batcher.js';
import { tooManyProvisional, ProvisionalMachines } from './provisional-machines.js';

/** An error of one type is recorded at most once per machine within this time, in milliseconds. */
const NOTE_INTERVAL_MS = 60_000;

/** An event as sent by a client. */
export interface SentEvent {
  readonly machineId: string;
  readonly event: string;
  readonly message: string;
}

/** Events of one message that could not be stored, in no particular order. */
export class LostEvents {
  readonly machineIds: string[] = [];
  /**
   * The reason for one of the losses; undefined if there are none. Creating a reason for each would cost more than
   * the event.
   */
  reason: DomainError | undefined;

  add(machineId: string, reason: () => DomainError): void {
    this.machineIds.push(machineId);
    this.reason ??= reason();
  }
}

/**
 * Events processed without yielding (a few milliseconds of work), and maximum number of slices waiting for the
 * database.
 */
const SLICE = 250;
const SLICES_AT_A_TIME = 8;

/** The provisioning events of machines. All changes of containers are made here, according to the lifecycle table. */
@Injectable()
export class EventService {
  private readonly heartbeats: HeartbeatBatcher;
  private readonly provisional: ProvisionalMachines;

  constructor(
    @InjectTable(eventTable) private readonly events: Table<EventContainer>,
    private readonly machines: MachineRepository,
    @InjectClock() private readonly clock: Clock,
  ) {
    this.heartbeats = new HeartbeatBatcher(events);
    this.provisional = new ProvisionalMachines(machines, events, clock);
  }

  /** The container of a machine; `undefined` if it has never reported. */
  find(machineId: MachineId): EventContainer | undefined {
    return this.events.get(machineId);
  }

  /** Refreshes the mirror from the database. */
  async refresh(machineId: string): Promise<void> {
    await this.events.readFresh(machineId);
  }

  /** Throws `not-found` for a machine that does not exist or has never reported. */
  get(machineId: string): EventContainer {
    const container = this.machines.get(machineId) && this.find(machineId);
    if (!container) throw notFound('events of a machine', machineId);
    return container;
  }

  /**
   * Applies an event of a machine according to the lifecycle, at time `at` (milliseconds, defaults to now). The event
   * is stored when the promise resolves; concurrent events of one machine are serialized, none is lost. The machine
   * itself need not exist.
   */
  async record(machineId: MachineId, event: EventType, message: string, at = this.clock.now()): Promise<void> {
    const incoming: IncomingEvent = { time: at, event, message };
    const known = this.events.get(machineId);
    const after = known && applyEvent(known, incoming);
    if (known && after === known) return;
    if (known && after?.lastEventTime && isHeartbeat(known, after)) {
      return this.heartbeats.add(machineId, after.lastEventTime);
    }
    const now = timestamp(at);
    await this.events.upsert(machineId, (current) =>
      applyEvent(current ?? newEventContainer(machineId, now), incoming),
    );
  }

  /**
   * Like `record`, for events sent by clients. Creates an unknown machine temporarily, because its first event may
   * arrive before anything else is known about it. Throws `malformed` for an invalid machine ID, `invalid` for an
   * unknown event, `exhausted` if the limit of unknown machines is reached.
   */
  async accept(reportedId: string, event: string, message: string): Promise<void> {
    const machineId = storedMachineId(this.machines, reportedId);
    const type = this.checkSent(machineId, event);
    await this.provisional.ensure(machineId);
    await this.record(machineId, type, message);
  }

  /**
   * Like `accept`, for any number of machines. Events are stored independently; the result lists those that were
   * lost. Yields to other work in between, and writes heartbeats in batches.
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
      await nextLoopRound();
    }
    for (const slice of slices) await settle(slice);
    return lost;
  }

  /** Like `accept`, for legacy clients, which also send `Reset Fail Count`. */
  async acceptLegacy(machineId: string, event: string, message: string): Promise<void> {
    if (event !== RESET_FAIL_COUNT) return this.accept(machineId, event, message);
    const id = storedMachineId(this.machines, machineId);
    this.checkMachine(id);
    return this.resetFailCount(id, message);
  }

  /** Removes silent machines that are known from events only; returns their number. */
  forgetProvisional(): Promise<number> {
    return this.provisional.forgetSilent();
  }

  /**
   * Records an error of a machine that has reported before, so that it shows up among the machine's issues. Neither
   * affects its lifecycle nor counts as a heartbeat. Recorded at most once a minute, because unauthorized callers can
   * trigger it.
   */
  async noteError(machineId: MachineId, event: EventType, message: string): Promise<void> {
    if (!this.events.get(machineId)) return;
    const error: IncomingEvent = { time: this.clock.now(), event, message };
    await this.events.update(machineId, (current) => noteError(current, error, NOTE_INTERVAL_MS));
  }

  /** Creates the container of a machine that has none. Idempotent. */
  async ensure(machineId: string): Promise<void> {
    if (this.events.get(machineId)) return;
    const now = timestamp(this.clock.now());
    await this.events.upsert(machineId, (current) => current ?? newEventContainer(machineId, now));
  }

  private async resetFailCount(machineId: string, message: string): Promise<void> {
    await this.provisional.ensure(machineId);
    const time = this.clock.now();
    await this.events.upsert(machineId, (current) =>
      resetFailCount(current ?? newEventContainer(machineId, timestamp(time)), time, message),
    );
  }

  /**
   * Removes the log of a machine that leaves the data center, so that a later machine with its ID starts with an
   * empty one.
   */
  async forget(machineId: string): Promise<void> {
    await this.events.remove(machineId);
  }

  /** Cheaply rejects the events that a flood consists of. */
  private isPossible({ machineId, event }: SentEvent, lost: LostEvents): boolean {
    if (!isEventType(event)) lost.add(machineId, () => unknownEvent(machineId, event));
    else if (!this.provisional.hasRoomFor(storedMachineId(this.machines, machineId)))
      lost.add(machineId, () => tooManyProvisional(machineId));
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

  private checkMachine(id: string): void {
    if (!this.machines.get(id)) checkId('machine', id);
  }

  private checkSent(machineId: string, event: string): EventType {
    this.checkMachine(machineId);
    if (isEventType(event)) return event;
    throw unknownEvent(machineId, event);
  }
}

const unknownEvent = (machineId: string, event: string): DomainError =>
  invalid(
    `provisioning event ${quoteText(event, 60)} of machine ${quoteText(machineId)} is none of ${EVENT_TYPES.join(', ')}`,
  );
