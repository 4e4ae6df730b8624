import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Entities } from '../../platform/store/entities.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { byId, changed, checkId, created, given } from '../../shared/entity.js';
import type { Optional } from '../../shared/entity.js';
import { malformed } from '../../shared/errors/domain-error.js';
import { PartitionReferences } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { ProjectReferences } from '../project/project.js';
import { ProjectService } from '../project/project.service.js';
import { AllocationCountInquiry, checkReservation } from './size-reservation.js';
import type { ReservationUsage, SizeReservation } from './size-reservation.js';
import { sizeReservationTable } from './size-reservation.table.js';
import { SizeReferences } from './size.js';
import { SizeService } from './size.service.js';

/** What a client may change of a reservation; what it leaves out is kept, or empty. */
export type ReservationSpec = Optional<
  Pick<SizeReservation, 'name' | 'description' | 'amount' | 'labels' | 'partitionIds'>
>;

/** Every given field must match. */
export type ReservationQuery = Optional<Pick<SizeReservation, 'id' | 'sizeId' | 'projectId'>> & {
  readonly partitionId?: string;
};

type Index = 'size' | 'project' | 'partition';

/** Machines of a size that are kept free for a project (reference/30 §3). */
@Injectable()
export class SizeReservationService extends Entities<SizeReservation, Index> {
  constructor(
    @InjectTable(sizeReservationTable) reservations: Table<SizeReservation, Index>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly sizes: SizeService,
    private readonly projects: ProjectService,
    private readonly partitions: PartitionService,
    private readonly allocations: AllocationCountInquiry,
    sizeReferences: SizeReferences,
    projectReferences: ProjectReferences,
    partitionReferences: PartitionReferences,
  ) {
    super('size reservation', reservations);
    const idsBy = (index: Index) => (key: string) => reservations.by(index, key).map(({ id }) => id);
    sizeReferences.add({ what: 'size reservations', idsOf: idsBy('size') });
    projectReferences.add({ what: 'size reservations', idsOf: idsBy('project') });
    partitionReferences.add({ what: 'size reservations', idsOf: idsBy('partition') });
  }

  /** Without an id a random one is taken. Throws `not-found` for size or project, `malformed`, `already-exists`. */
  async create(
    owner: { id: string; sizeId: string; projectId: string },
    spec: ReservationSpec,
  ): Promise<SizeReservation> {
    const { name = '', description = '', amount = 0, labels = {}, partitionIds = [] } = spec;
    const fields = { ...owner, id: owner.id || randomUUID(), name, description, amount, labels, partitionIds };
    checkId('size reservation', fields.id);
    this.check(fields);
    return this.table.insert(created<SizeReservation>(fields, timestamp(this.clock.now())));
  }

  /** An empty list of partitions keeps the stored one. Throws `not-found`, `malformed`. */
  async update(id: string, spec: ReservationSpec): Promise<SizeReservation> {
    const before = this.get(id);
    const fields = { ...spec, partitionIds: spec.partitionIds?.length ? spec.partitionIds : undefined };
    this.check({ ...before, ...given(fields) });
    return this.table.update(id, (reservation) => changed(reservation, fields, timestamp(this.clock.now())));
  }

  /** Throws `not-found`. */
  async delete(id: string): Promise<SizeReservation> {
    const reservation = this.get(id);
    await this.table.remove(id);
    return reservation;
  }

  /** Ordered by id. */
  search({ partitionId, ...exact }: ReservationQuery): SizeReservation[] {
    const wanted = Object.entries(exact).filter(([, value]) => value !== undefined);
    return this.list(
      (reservation) =>
        (partitionId === undefined || reservation.partitionIds.includes(partitionId)) &&
        wanted.every(([field, value]) => reservation[field as keyof SizeReservation] === value),
    );
  }

  /** One entry for each partition of each reservation found; with a partition in the query only for that one. */
  usage(query: ReservationQuery): ReservationUsage[] {
    return this.search(query).flatMap((reservation) =>
      reservation.partitionIds
        .filter((partitionId) => query.partitionId === undefined || partitionId === query.partitionId)
        .map((partitionId) => this.usageIn(reservation, partitionId)),
    );
  }

  /** What is reserved of a size in a partition, ordered by id. */
  forSize(sizeId: string, partitionId: string): SizeReservation[] {
    return this.table
      .by('size', sizeId)
      .filter(({ partitionIds }) => partitionIds.includes(partitionId))
      .sort(byId);
  }

  private usageIn(reservation: SizeReservation, partitionId: string): ReservationUsage {
    const allocations = this.allocations.ask(reservation.projectId, reservation.sizeId, partitionId);
    return { reservation, partitionId, allocations, used: Math.min(reservation.amount, allocations) };
  }

  private check(fields: Pick<SizeReservation, 'amount' | 'sizeId' | 'projectId' | 'partitionIds'>): void {
    this.sizes.get(fields.sizeId);
    this.projects.get(fields.projectId);
    checkReservation(fields);
    const unknown = fields.partitionIds.find((id) => !this.partitions.find(id));
    if (unknown !== undefined) throw malformed(`partitionids contains "${unknown}", which is no partition`);
  }
}
