import { Injectable } from '@nestjs/common';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import { Installation } from '../../../platform/store/installation/installation.js';
import type { Change } from '../../../platform/store/table.js';
import { notFound } from '../../../shared/errors/domain-error.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { MachineRepository } from '../core/machine.repository.js';
import { beginWaiting, endWaiting } from '../core/transitions/installation.js';
import type { Machine } from '../machine.js';
import { WakeSignal } from './wake-signal.js';
import { ANY_CALLER } from '../installation/caller-check.js';
import type { CallerCheck } from '../installation/caller-check.js';

/** Interval of keep-alive messages to a waiting installer, in milliseconds (docs/reference/machine-boot.md#wait). */
export const KEEP_ALIVE_MS = 5_000;

/**
 * Holds the calls of installers that wait for their machine to be allocated by any replica. Calls are independent of
 * each other, even for the same machine. A restored database knows of no waiting machine (docs/guide/backup.md#restore), so
 * they announce theirs again then.
 */
@Injectable()
export class WaitService {
  private readonly wakeSignals = new Map<string, Set<WakeSignal>>();
  private readonly jobs = new Scheduler((job, error) => this.log.warn(`${job} failed`, error));

  /** Increments when the database has gone back in time. */
  private history = 0;

  constructor(
    private readonly machines: MachineRepository,
    installation: Installation,
    @InjectLogger() private readonly log: AppLogger,
  ) {
    machines.watch((change) => this.changed(change));
    installation.watch(() => {
      this.history++;
      this.ringAll();
    });
  }

  /** Number of calls currently waiting in this process. */
  get waiting(): number {
    return [...this.wakeSignals.values()].reduce((sum, wakeSignals) => sum + wakeSignals.size, 0);
  }

  /**
   * Resolves when the machine is allocated, or at once if it already is. Until then, calls `keepAlive` every five
   * seconds, and the machine is a candidate for allocation. It stays one if the call ends early: installers
   * reconnect, and their events show whether they are alive. Rejects with the reason of `signal`, with `not-found` if
   * the machine does not exist (or no longer exists), and with `forbidden` if another caller registered it.
   */
  async wait(machineId: string, signal: AbortSignal, keepAlive: () => void, checkCaller = ANY_CALLER): Promise<void> {
    const wakeSignal = this.enter(machineId);
    const keepAlives = this.jobs.every(KEEP_ALIVE_MS, 'keep-alive', keepAlive);
    try {
      await this.untilAllocated(machineId, wakeSignal, signal, checkCaller);
    } finally {
      void keepAlives.cancel();
      this.leave(machineId, wakeSignal);
    }
    await this.withdraw(machineId);
  }

  private async untilAllocated(
    machineId: string,
    wakeSignal: WakeSignal,
    signal: AbortSignal,
    checkCaller: CallerCheck,
  ): Promise<void> {
    let announcedIn: number | undefined;
    for (;;) {
      signal.throwIfAborted();
      const machine = this.machines.get(machineId) ?? (await this.machines.readFresh(machineId));
      if (!machine) throw notFound('machine', machineId);
      checkCaller(machine);
      if (machine.allocation && !machine.release) return;
      const { history } = this;
      if (announcedIn === history || machine.release) await wakeSignal.wait(signal);
      else if ((await this.announce(machineId, checkCaller)).waiting) announcedIn = history;
    }
  }

  /**
   * Marks the machine as waiting, unless it is being freed: then it is about to be rebooted, and the end of the
   * release clears the flag.
   */
  private announce(machineId: string, checkCaller: CallerCheck): Promise<Machine> {
    return this.machines.change(machineId, (machine) => {
      checkCaller(machine);
      return beginWaiting(machine);
    });
  }

  /** Clears the waiting flag. The allocation is final: failing to clear the flag must not fail the call. */
  private async withdraw(machineId: string): Promise<void> {
    try {
      await this.machines.change(machineId, endWaiting);
    } catch (error) {
      this.log.warn(`machine ${machineId} is still marked as waiting`, error);
    }
  }

  private enter(machineId: string): WakeSignal {
    const wakeSignal = new WakeSignal();
    const wakeSignals = this.wakeSignals.get(machineId);
    if (wakeSignals) wakeSignals.add(wakeSignal);
    else this.wakeSignals.set(machineId, new Set([wakeSignal]));
    return wakeSignal;
  }

  private leave(machineId: string, wakeSignal: WakeSignal): void {
    const wakeSignals = this.wakeSignals.get(machineId);
    wakeSignals?.delete(wakeSignal);
    if (wakeSignals?.size === 0) this.wakeSignals.delete(machineId);
  }

  private changed(change: Change<Machine>): void {
    if (change.type === 'reset') this.ringAll();
    else this.ring(change.id);
  }

  private ringAll(): void {
    for (const machineId of this.wakeSignals.keys()) this.ring(machineId);
  }

  private ring(machineId: string): void {
    for (const wakeSignal of this.wakeSignals.get(machineId) ?? []) wakeSignal.notify();
  }
}
