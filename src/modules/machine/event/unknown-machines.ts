import type { Change, Table } from '../../../platform/store/table.js';
import { timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError, isDomainError } from '../../../shared/errors/domain-error.js';
import { isProvisional, newMachine } from '../machine.js';
import type { Machine } from '../machine.js';
import type { EventContainer } from './provisioning-event.js';

/** Machines of which only events are known; more than come up at a time where thousands of servers are new. */
export const MAX_UNKNOWN = 1000;

/** How long such a machine is remembered after its last event, in milliseconds: servers take their time to boot. */
export const UNKNOWN_LIFETIME_MS = 30 * 60_000;

/** The refusal of an event of one machine too many. */
export const noRoomFor = (machineId: string): DomainError =>
  new DomainError(
    'exhausted',
    `machine "${machineId.slice(0, 64)}" is not registered, and events of ${MAX_UNKNOWN} such machines are remembered already`,
  );

/** Removals side by side. */
const PARALLEL = 50;

/**
 * Machines that have sent events but are neither registered nor reported by a BMC watcher. Events may precede all else
 * that is known of a machine and are kept for its registration; but whoever reaches the port can invent ids, so that
 * their number is bounded and they go after a while of silence.
 */
export class UnknownMachines {
  private readonly ids = new Set<string>();
  /** Creations under way in this process. */
  private readonly creating = new Set<string>();

  constructor(
    private readonly machines: Table<Machine>,
    private readonly events: Table<EventContainer>,
    private readonly clock: Clock,
  ) {
    this.recount();
    machines.watch((change) => this.changed(change));
  }

  /** False when the machine is not known and as many others as are remembered are not registered either. */
  hasRoomFor(machineId: string): boolean {
    if (this.machines.get(machineId) || this.creating.has(machineId)) return true;
    return this.ids.size + this.creating.size < MAX_UNKNOWN;
  }

  /** Creates the machine unless it is known. Throws `exhausted` when there is no room. */
  async ensure(machineId: string): Promise<void> {
    if (this.machines.get(machineId)) return;
    if (!this.hasRoomFor(machineId)) throw noRoomFor(machineId);
    const now = timestamp(this.clock.now());
    this.creating.add(machineId);
    try {
      await this.machines.upsert(machineId, (current) => current ?? newMachine(machineId, now));
    } finally {
      this.creating.delete(machineId);
    }
  }

  /**
   * Forgets those that are silent for too long, and how many they were. One that has become more than a few events
   * meanwhile stays. May run on several replicas at once.
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
    return last !== undefined && this.clock.now() - Date.parse(last) > UNKNOWN_LIFETIME_MS;
  }

  /** Events are read from the database first: another replica may have heard of the machine just now. */
  private async forget(id: string): Promise<boolean> {
    const container = await this.events.fresh(id);
    const machine = this.machines.get(id);
    if (!machine || !isProvisional(machine) || !this.isSilent(id)) return false;
    try {
      await this.machines.remove(id, machine.revision);
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
