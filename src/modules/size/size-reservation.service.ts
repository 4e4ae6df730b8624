import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { EntityService } from '../../platform/store/entity-service.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { byId, changeEntity, checkId, createEntity, definedFields } from '../../shared/entity.js';
import type { Optional } from '../../shared/entity.js';
import { malformed } from '../../shared/errors/domain-error.js';
import { PartitionReferences } from '../partition/partition.js';
import { PartitionService } from '../partition/partition.service.js';
import { ProjectReferences } from '../project/project.js';
import { ProjectService } from '../project/project.service.js';
import { AllocationCounter, checkReservation } from './size-reservation.js';
import type { ReservationUsage, SizeReservation } from './size-reservation.js';
import { sizeReservationTable } from './size-reservation.table.js';
import { SizeReferences } from './size.js';
import { SizeService } from './size.service.js';

/** Fields that a client may set. On update, omitted fields keep their value; on creation they are empty. */
export type ReservationSpec = Optional<
  Pick<SizeReservation, 'name' | 'description' | 'amount' | 'labels' | 'partitionIds'>
>;

/** All given fields must match. */
export type ReservationQuery = Optional<Pick<SizeReservation, 'id' | 'sizeId' | 'projectId'> & { partitionId: string }>;

type Index = 'size' | 'project' | 'partition';

/**
 * Manages reservations: machines of a size that are kept free for a project
 * (docs/reference/size-reservations.md#endpoints).
 */
@Injectable()
export class SizeReservationService extends EntityService<SizeReservation, Index> {
  constructor(
    @InjectTable(sizeReservationTable) reservations: Table<SizeReservation, Index>,
    @InjectClock() private readonly clock: Clock,
    private readonly sizes: SizeService,
    private readonly projects: ProjectService,
    private readonly partitions: PartitionService,
    private readonly allocations: AllocationCounter,
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

  /** Generates an ID if none is given. Throws `not-found` for size or project, `malformed`, `already-exists`. */
  async create(
    owner: { id: string; sizeId: string; projectId: string },
    spec: ReservationSpec,
  ): Promise<SizeReservation> {
    const { name = '', description = '', amount = 0, labels = {}, partitionIds = [] } = spec;
    const fields = { ...owner, id: owner.id || randomUUID(), name, description, amount, labels, partitionIds };
    checkId('size reservation', fields.id);
    this.check(fields);
    return this.table.insert(createEntity<SizeReservation>(fields, timestamp(this.clock.now())));
  }

  /** An empty list of partitions keeps the stored ones. Throws `not-found`, `malformed`. */
  async update(id: string, spec: ReservationSpec): Promise<SizeReservation> {
    const before = this.get(id);
    const fields = { ...spec, partitionIds: spec.partitionIds?.length ? spec.partitionIds : undefined };
    this.check({ ...before, ...definedFields(fields) });
    return this.table.update(id, (reservation) => changeEntity(reservation, fields, timestamp(this.clock.now())));
  }

  /** Throws `not-found`. */
  async delete(id: string): Promise<SizeReservation> {
    const reservation = this.get(id);
    await this.table.remove(id);
    return reservation;
  }

  /** Ordered by ID. */
  search({ partitionId, ...exact }: ReservationQuery): SizeReservation[] {
    const wanted = Object.entries(exact).filter(([, value]) => value !== undefined);
    return this.list(
      (reservation) =>
        (partitionId === undefined || reservation.partitionIds.includes(partitionId)) &&
        wanted.every(([field, value]) => reservation[field as keyof SizeReservation] === value),
    );
  }

  /** One entry per reservation and partition; if the query names a partition, only for that one. */
  usage(query: ReservationQuery): ReservationUsage[] {
    return this.search(query).flatMap((reservation) =>
      reservation.partitionIds
        .filter((partitionId) => query.partitionId === undefined || partitionId === query.partitionId)
        .map((partitionId) => this.usageIn(reservation, partitionId)),
    );
  }

  /** The reservations of a size in a partition, ordered by ID. */
  forSize(sizeId: string, partitionId: string): SizeReservation[] {
    return this.table
      .by('size', sizeId)
      .filter(({ partitionIds }) => partitionIds.includes(partitionId))
      .sort(byId);
  }

  private usageIn(reservation: SizeReservation, partitionId: string): ReservationUsage {
    const allocations = this.allocations.call(reservation.projectId, reservation.sizeId, partitionId);
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
