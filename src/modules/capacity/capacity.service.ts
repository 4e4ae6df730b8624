import { Injectable } from '@nestjs/common';
import { incompleteCycles } from '../machine/event/incomplete-cycles.js';
import { EventService } from '../machine/event/event.service.js';
import type { EventContainer } from '../machine/event/provisioning-event.js';
import { IssueService } from '../machine/issues/issue.service.js';
import { isCandidate } from '../machine/machine.js';
import type { Machine } from '../machine/machine.js';
import { mapInTurns, ownTurn } from '../../shared/turns.js';
import { MachineQueryService } from '../machine/query/machine-query.service.js';
import type { Partition } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { SizeReservationService } from '../size/size-reservation.service.js';
import { UNKNOWN_SIZE } from '../size/size.js';
import { SizeService } from '../size/size.service.js';
import { classServers, countServers, grouped } from './capacity.js';
import type { ClassedServers, CountedMachine, ServerCapacity } from './capacity.js';

export interface PartitionCapacity<Servers> {
  readonly partition: Partition;
  /** Ordered by size id. */
  readonly servers: readonly Servers[];
}

export interface CapacityQuery {
  readonly partitionId?: string;
  readonly sizeId?: string;
  /** For whom `free` is to be told. */
  readonly projectId?: string;
}

/** An event alone is no lasting fault of a machine. */
const NO_FAULT = ['last-event-error'];

/** Tells how many machines partitions have, and how many of them are to be had. */
@Injectable()
export class CapacityService {
  constructor(
    private readonly partitions: PartitionService,
    private readonly sizes: SizeService,
    private readonly reservations: SizeReservationService,
    private readonly machines: MachineQueryService,
    private readonly events: EventService,
    private readonly issues: IssueService,
  ) {}

  /**
   * Partitions that have such machines, ordered by id. Gives way to others now and then. Throws `not-found` for an unknown
   * partition.
   */
  async capacity({ partitionId, sizeId, projectId }: CapacityQuery): Promise<PartitionCapacity<ServerCapacity>[]> {
    if (partitionId) this.partitions.get(partitionId);
    await ownTurn();
    const machines = this.machines
      .search(partitionId ? { partitionId } : {})
      .filter((machine) => !sizeId || machine.sizeId === sizeId);
    const issues = await this.issues.evaluateInTurns(machines, { omit: NO_FAULT });
    const faulty = new Set(issues.map(({ machineId }) => machineId));
    const wanted = await mapInTurns(machines, (machine) => {
      const events = this.events.find(machine.id);
      // Of machines that have never reported nothing is known.
      return events ? [this.counted(machine, events, faulty.has(machine.id))] : [];
    });
    return grouped(wanted.flat(), (machine) => machine.partitionId).flatMap(([id, members]) => {
      const partition = this.partitions.find(id);
      if (!partition) return [];
      const servers = grouped(members, (machine) => machine.sizeId).map(([size, group]) =>
        countServers(size, group, this.reservations.forSize(size, id), projectId || undefined),
      );
      return [{ partition, servers }];
    });
  }

  /** All partitions, ordered by id, with the classes that clients of 2021 know; counts every machine. */
  async classes(): Promise<PartitionCapacity<ClassedServers>[]> {
    await ownTurn();
    const machines = await mapInTurns(this.machines.search(), (machine) => {
      const events = this.events.find(machine.id);
      return this.counted(machine, events, hadFault(machine, events));
    });
    const byPartition = new Map(grouped(machines, ({ partitionId }) => partitionId));
    return this.partitions.list().map((partition) => ({
      partition,
      servers: grouped(byPartition.get(partition.id) ?? [], ({ sizeId }) => sizeId).map(([size, group]) =>
        classServers(size, group),
      ),
    }));
  }

  private counted(machine: Machine, events: EventContainer | undefined, faulty: boolean): CountedMachine {
    const { id, partitionId, sizeId, allocation, state } = machine;
    return {
      id,
      partitionId,
      sizeId: this.sizes.find(sizeId) ? sizeId : UNKNOWN_SIZE.id,
      project: allocation?.project,
      faulty,
      allocatable: isCandidate(machine) && events?.liveliness === 'Alive',
      inNoState: state.value === '',
      lastEvent: events?.events[0]?.event,
    };
  }
}

/** What counted as a fault in 2021 (reference/30 §1.4). */
function hadFault({ allocation }: Machine, container: EventContainer | undefined): boolean {
  const { liveliness, events = [] } = container ?? {};
  const last = events[0]?.event;
  if (liveliness !== 'Alive' || (!allocation && last === 'Phoned Home')) return true;
  return incompleteCycles(events) !== '0' && last !== 'Waiting';
}
