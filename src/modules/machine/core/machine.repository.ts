import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Change, Table, Unsubscribe } from '../../../platform/store/table.js';
import { timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import type { Content } from '../../../shared/document.js';
import type { MachineId } from '../../../shared/id.js';
import type { Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';

export type MachineIndex = keyof typeof machineTable.indexes;

/**
 * A change of a machine at a time (in milliseconds); one of `core/transitions`, usually. Pure: it may run several
 * times. Returning the same object changes nothing.
 */
export type MachineTransition = (machine: Machine, now: number) => Content<Machine>;

/**
 * All writes of machine documents, and the reads of this feature (docs/adr/0017-machine-aggregate.md). Reads come from
 * memory. A write is one compare-and-set with the guarantees of `Table`, and the only place that sets `changed`.
 */
@Injectable()
export class MachineRepository {
  constructor(
    @InjectTable(machineTable) private readonly table: Table<Machine, MachineIndex>,
    @InjectClock() private readonly clock: Clock,
  ) {}

  get(id: MachineId): Machine | undefined {
    return this.table.get(id);
  }

  /** All machines, in no particular order. */
  list(): Iterable<Machine> {
    return this.table.list();
  }

  get size(): number {
    return this.table.size;
  }

  /** The machines with `key` in `index`, in no particular order. */
  by(index: MachineIndex, key: string): readonly Machine[] {
    return this.table.by(index, key);
  }

  /** Reads the machine from the database and updates memory with it. */
  readFresh(id: MachineId): Promise<Machine | undefined> {
    return this.table.readFresh(id);
  }

  watch(listener: (change: Change<Machine>) => void): Unsubscribe {
    return this.table.watch(listener);
  }

  /** Stores a new machine. Throws `already-exists` if the ID is taken. */
  create(machine: Content<Machine>): Promise<Machine> {
    return this.table.insert(machine);
  }

  /** Changes the machine, with retries. Throws `not-found`, and the errors of the transition. */
  change(id: MachineId, transition: MachineTransition): Promise<Machine> {
    return this.table.update(id, (machine) => this.stamped(machine, transition));
  }

  /** Like `change`, for bookkeeping of the system itself, which leaves `changed` as it is. */
  maintain(id: MachineId, transition: (machine: Machine) => Content<Machine>): Promise<Machine> {
    return this.table.update(id, (machine) => transition(machine));
  }

  /** Changes the machine in this very revision, without retries. Throws `conflict` if it has another one. */
  changeRevision(machine: Machine, transition: MachineTransition): Promise<Machine> {
    return this.table.replace(this.stamped(machine, transition), machine.revision);
  }

  /** Changes the machine, or stores what the transition makes of `undefined`. */
  createOrChange(
    id: MachineId,
    transition: (machine: Machine | undefined, now: number) => Content<Machine>,
  ): Promise<Machine> {
    return this.table.upsert(id, (machine) =>
      machine ? this.stamped(machine, transition) : transition(undefined, this.clock.now()),
    );
  }

  /** Removes the machine if it still has this revision (else `conflict`). */
  async remove({ id, revision }: Machine): Promise<void> {
    await this.table.remove(id, revision);
  }

  private stamped(machine: Machine, transition: MachineTransition): Content<Machine> {
    const now = this.clock.now();
    const next = transition(machine, now);
    return next === machine ? machine : { ...next, changed: timestamp(now) };
  }
}
