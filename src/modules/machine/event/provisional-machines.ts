import type { Change, Table } from '../../../platform/store/table.js';
import { timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError, isDomainError } from '../../../shared/errors/domain-error.js';
import type { MachineRepository } from '../core/machine.repository.js';
import { isProvisional, newMachine } from '../machine.js';
import type { Machine } from '../machine.js';
import type { EventContainer } from './provisioning-event.js';

/**
 * Maximum number of machines known from events only; more than boot at the same time when thousands of servers are
 * new.
 */
export const MAX_PROVISIONAL = 1000;

/** How long such a machine is kept after its last event, in milliseconds: servers boot slowly. */
export const PROVISIONAL_LIFETIME_MS = 30 * 60_000;

/** Rejects an event that would exceed the limit. */
export const tooManyProvisional = (machineId: string): DomainError =>
  new DomainError(
    'exhausted',
    `machine "${machineId.slice(0, 64)}" is not registered, and the limit of ${MAX_PROVISIONAL} unregistered machines with events is reached`,
  );

/** Concurrent removals. */
const PARALLEL = 50;

/**
 * Machines that have sent events but are neither registered nor reported by a BMC watcher. Events may arrive before
 * anything else is known about a machine and are kept for its registration. But any client that can reach the port
 * can invent IDs; therefore the number of such machines is limited, and silent ones are removed.
 */
export class ProvisionalMachines {
  private readonly ids = new Set<string>();
  /** Creations in progress in this process. */
  private readonly creating = new Set<string>();

  constructor(
    private readonly machines: MachineRepository,
    private readonly events: Table<EventContainer>,
    private readonly clock: Clock,
  ) {
    this.recount();
    machines.watch((change) => this.changed(change));
  }

  /** False if the machine is unknown and the limit of unregistered machines is reached. */
  hasRoomFor(machineId: string): boolean {
    if (this.machines.get(machineId) || this.creating.has(machineId)) return true;
    return this.ids.size + this.creating.size < MAX_PROVISIONAL;
  }

  /** Creates the machine unless it is known. Throws `exhausted` if the limit is reached. */
  async ensure(machineId: string): Promise<void> {
    if (this.machines.get(machineId)) return;
    if (!this.hasRoomFor(machineId)) throw tooManyProvisional(machineId);
    this.creating.add(machineId);
    try {
      await this.machines.createOrChange(machineId, (current, now) => current ?? newMachine(machineId, timestamp(now)));
    } finally {
      this.creating.delete(machineId);
    }
  }

  /**
   * Removes machines that have been silent for too long; returns their number. Keeps machines that have been
   * registered, reported or modified in the meantime. May run on several replicas at once.
   */
  async forgetSilent(): Promise<number> {
    const due = [...this.ids].filter((id) => this.isSilent(id));
    let forgotten = 0;
    for (let start = 0; start < due.length; start += PARALLEL) {
      const results = await Promise.all(due.slice(start, start + PARALLEL).map((id) => this.forget(id)));
      forgotten += results.filter((done) => done).length;
    }
    return forgotten;
  }

  private isSilent(id: string): boolean {
    const machine = this.machines.get(id);
    const last = this.events.get(id)?.lastEventTime ?? machine?.created;
    return last !== undefined && this.clock.now() - Date.parse(last) > PROVISIONAL_LIFETIME_MS;
  }

  /** Reads the events from the database first: another replica may have just received one. */
  private async forget(id: string): Promise<boolean> {
    const container = await this.events.readFresh(id);
    const machine = this.machines.get(id);
    if (!machine || !isProvisional(machine) || !this.isSilent(id)) return false;
    try {
      await this.machines.remove(machine);
      if (container) await this.events.remove(id, container.revision);
      return true;
    } catch (error) {
      if (isDomainError(error, 'conflict')) return false;
      throw error;
    }
  }

  private changed(change: Change<Machine>): void {
    if (change.type === 'reset') this.recount();
    else if (change.type === 'put' && isProvisional(change.now)) this.ids.add(change.id);
    else this.ids.delete(change.id);
  }

  private recount(): void {
    this.ids.clear();
    for (const machine of this.machines.list()) if (isProvisional(machine)) this.ids.add(machine.id);
  }
}
