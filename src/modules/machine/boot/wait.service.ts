import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '../../../platform/bus/bus.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Change, Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { notFound } from '../../../shared/errors/domain-error.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { Bell } from './bell.js';
import { ANY_BOX } from './same-box.js';
import type { BoxCheck } from './same-box.js';

/** How often a waiting installer hears that it is still connected, in milliseconds (reference/10 §12.3). */
export const KEEP_ALIVE_MS = 5_000;

/**
 * Holds the calls of installers that wait for their machine to be allocated, by whichever replica. Calls are independent
 * of each other, also for the same machine.
 */
@Injectable()
export class WaitService {
  private readonly bells = new Map<string, Set<Bell>>();

  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    bus: Bus,
  ) {
    machines.watch((change) => this.changed(change));
    bus.onAllocation((machineId) => void this.noticed(machineId));
  }

  /** Calls that wait right now in this process. */
  get waiting(): number {
    return [...this.bells.values()].reduce((sum, bells) => sum + bells.size, 0);
  }

  /**
   * Resolves when the machine is allocated; at once when it is. Until then `keepAlive` is called every five seconds, and
   * the machine is a candidate for allocation. It stays one when the call ends early: installers come back, and whether
   * they live is told by their events. Rejects with the reason of `signal`, with `not-found` when there is no (longer)
   * such machine, with `forbidden` when another box registered it.
   */
  async wait(machineId: string, signal: AbortSignal, keepAlive: () => void, checkBox = ANY_BOX): Promise<void> {
    const bell = this.enter(machineId);
    const timer = setInterval(keepAlive, KEEP_ALIVE_MS);
    try {
      await this.untilAllocated(machineId, bell, signal, checkBox);
    } finally {
      clearInterval(timer);
      this.leave(machineId, bell);
    }
    await this.withdraw(machineId);
  }

  private async untilAllocated(machineId: string, bell: Bell, signal: AbortSignal, checkBox: BoxCheck): Promise<void> {
    let announced = false;
    for (;;) {
      signal.throwIfAborted();
      const machine = this.machines.get(machineId) ?? (await this.machines.fresh(machineId));
      if (!machine) throw notFound('machine', machineId);
      checkBox(machine);
      if (machine.allocation && !machine.release) return;
      if (!announced && !machine.release) announced = (await this.announce(machineId, checkBox)).waiting;
      else await bell.heard(signal);
    }
  }

  /** Not while it is being freed: it is about to be rebooted, and the end of the release says that nobody waits. */
  private announce(machineId: string, checkBox: BoxCheck): Promise<Machine> {
    return this.machines.update(machineId, (machine) => {
      checkBox(machine);
      return machine.waiting || machine.allocation || machine.release ? machine : this.with(machine, true);
    });
  }

  /** The allocation stands: that the flag could not be taken back must not end the call with an error. */
  private async withdraw(machineId: string): Promise<void> {
    try {
      await this.machines.update(machineId, (machine) =>
        machine.waiting && machine.allocation ? this.with(machine, false) : machine,
      );
    } catch (error) {
      this.log.warn(`machine ${machineId} is still marked as waiting`, error);
    }
  }

  private with(machine: Machine, waiting: boolean): Machine {
    return { ...machine, waiting, changed: timestamp(this.clock.now()) };
  }

  private enter(machineId: string): Bell {
    const bell = new Bell();
    const bells = this.bells.get(machineId);
    if (bells) bells.add(bell);
    else this.bells.set(machineId, new Set([bell]));
    return bell;
  }

  private leave(machineId: string, bell: Bell): void {
    const bells = this.bells.get(machineId);
    bells?.delete(bell);
    if (bells?.size === 0) this.bells.delete(machineId);
  }

  private changed(change: Change<Machine>): void {
    if (change.type === 'reset') for (const machineId of this.bells.keys()) this.ring(machineId);
    else this.ring(change.id);
  }

  /** Another replica allocated it and its write is not here yet: the database knows more. */
  private async noticed(machineId: string): Promise<void> {
    if (!this.bells.has(machineId)) return;
    try {
      await this.machines.fresh(machineId);
    } catch (error) {
      this.log.warn(`machine ${machineId} could not be read after its allocation`, error);
    }
    this.ring(machineId);
  }

  private ring(machineId: string): void {
    for (const bell of this.bells.get(machineId) ?? []) bell.ring();
  }
}
