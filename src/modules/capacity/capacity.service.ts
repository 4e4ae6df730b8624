import type { Optional } from '../../shared/entity.js';
import { Injectable } from '@nestjs/common';
import { incompleteCycles } from '../machine/event/incomplete-cycles.js';
import { EventService } from '../machine/event/event.service.js';
import type { EventContainer } from '../machine/event/provisioning-event.js';
import { IssueService } from '../machine/issues/issue.service.js';
import { isCandidate } from '../machine/candidate-rules.js';
import type { Machine } from '../machine/machine.js';
import { runYielding } from '../../shared/event-loop.js';
import { MachineQueryService } from '../machine/query/machine-query.service.js';
import type { Partition } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { SizeReservationService } from '../size/size-reservation.service.js';
import { UNKNOWN_SIZE } from '../size/size.js';
import { SizeService } from '../size/size.service.js';
import { countLegacyServers, countServers, groupBy } from './capacity.js';
import type { LegacyServerCapacity, CountedMachine, ServerCapacity } from './capacity.js';

export interface PartitionCapacity<Servers> {
  readonly partition: Partition;
  /** Ordered by size ID. */
  readonly servers: readonly Servers[];
}

export type CapacityQuery = Optional<{
  readonly partitionId: string;
  readonly sizeId: string;
  /** The project for which `free` is computed. */
  readonly projectId: string;
}>;

/** A failed event alone is not a lasting fault of a machine. */
const NO_FAULT = ['last-event-error'];

/** Counts the machines of partitions and how many of them are available. */
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
   * Partitions with matching machines, ordered by ID. Yields to the event loop periodically. Throws `not-found` for an
   * unknown partition.
   */
  async capacity(query: CapacityQuery): Promise<PartitionCapacity<ServerCapacity>[]> {
    if (query.partitionId) this.partitions.get(query.partitionId);
    return runYielding(this.capacitySteps(query));
  }

  /**
   * The machines are those of one moment, so that each is counted once, even if it moves during a pause. Their events
   * and BMC data are read when their turn comes; partitions and reservations at the end.
   */
  private *capacitySteps({
    partitionId,
    sizeId,
    projectId,
  }: CapacityQuery): Generator<undefined, PartitionCapacity<ServerCapacity>[]> {
    const machines = this.machines.search(partitionId ? { partitionId } : {});
    yield;
    const issuesOf = this.issues.judge({ omit: NO_FAULT });
    const members: CountedMachine[] = [];
    for (const machine of machines) {
      if (sizeId && machine.sizeId !== sizeId) continue;
      const events = this.events.find(machine.id);
      // Machines that have never reported are not counted.
      if (events) members.push(this.counted(machine, events, issuesOf(machine).issues.length > 0));
      yield;
    }
    const capacities: PartitionCapacity<ServerCapacity>[] = [];
    for (const [id, group] of groupBy(members, (machine) => machine.partitionId)) {
      yield;
      const partition = this.partitions.find(id);
      if (!partition) continue;
      const servers = groupBy(group, (machine) => machine.sizeId).map(([size, some]) =>
        countServers(size, some, this.reservations.forSize(size, id), projectId || undefined),
      );
      capacities.push({ partition, servers });
    }
    return capacities;
  }

  /**
   * All partitions, ordered by ID, with the classes known to legacy clients; counts every machine. Yields to the event
   * loop periodically.
   */
  async legacyCapacity(): Promise<PartitionCapacity<LegacyServerCapacity>[]> {
    return runYielding(this.legacySteps());
  }

  /** See `capacitySteps`. */
  private *legacySteps(): Generator<undefined, PartitionCapacity<LegacyServerCapacity>[]> {
    const machines = this.machines.search();
    const members: CountedMachine[] = [];
    for (const machine of machines) {
      yield;
      const events = this.events.find(machine.id);
      members.push(this.counted(machine, events, hadFault(machine, events)));
    }
    const byPartition = new Map(groupBy(members, ({ partitionId }) => partitionId));
    const capacities: PartitionCapacity<LegacyServerCapacity>[] = [];
    for (const partition of this.partitions.list()) {
      yield;
      const servers = groupBy(byPartition.get(partition.id) ?? [], ({ sizeId }) => sizeId).map(([size, group]) =>
        countLegacyServers(size, group),
      );
      capacities.push({ partition, servers });
    }
    return capacities;
  }

  private counted(machine: Machine, events: EventContainer | undefined, faulty: boolean): CountedMachine {
    const { id, partitionId, sizeId, allocation, state } = machine;
    return {
      id,
      partitionId,
      sizeId: this.sizes.find(sizeId)?.id ?? UNKNOWN_SIZE.id,
      project: allocation?.project,
      faulty,
      allocatable: isCandidate(machine) && events?.liveliness === 'Alive',
      inNoState: state.value === '',
      lastEvent: events?.events[0]?.event,
    };
  }
}

/** Whether a legacy client would have seen a fault (docs/reference/partitions.md#capacity-of-january-2021). */
function hadFault({ allocation }: Machine, container: EventContainer | undefined): boolean {
  const { liveliness, events = [] } = container ?? {};
  const last = events[0]?.event;
  if (liveliness !== 'Alive' || (!allocation && last === 'Phoned Home')) return true;
  return incompleteCycles(events) !== '0' && last !== 'Waiting';
}
