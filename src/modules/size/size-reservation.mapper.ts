import { entityResponse } from '../../platform/http/wire/entity.js';
import type {
  SizeReservationListRequest,
  SizeReservationResponse,
  SizeReservationUpdateRequest,
  SizeReservationUsageResponse,
} from './size-reservation.dto.js';
import type { ReservationUsage, SizeReservation } from './size-reservation.js';
import type { ReservationQuery, ReservationSpec } from './size-reservation.service.js';

export const toReservationSpec = (body: SizeReservationUpdateRequest): ReservationSpec => ({
  name: body.name,
  description: body.description,
  amount: body.amount,
  labels: body.labels,
  partitionIds: body.partitionids,
});

export const toReservationQuery = (body: SizeReservationListRequest): ReservationQuery => ({
  id: body.id,
  sizeId: body.sizeid,
  projectId: body.projectid,
  partitionId: body.partitionid,
});

export const toReservationResponse = (reservation: SizeReservation): SizeReservationResponse => ({
  ...entityResponse(reservation),
  sizeid: reservation.sizeId,
  partitionids: reservation.partitionIds,
  projectid: reservation.projectId,
  amount: reservation.amount,
  ...labels(reservation),
});

export const toUsageResponse = ({
  reservation,
  partitionId,
  allocations,
  used,
}: ReservationUsage): SizeReservationUsageResponse => ({
  id: reservation.id,
  name: reservation.name,
  description: reservation.description,
  sizeid: reservation.sizeId,
  partitionid: partitionId,
  projectid: reservation.projectId,
  amount: reservation.amount,
  usedamount: used,
  projectallocations: allocations,
  ...labels(reservation),
});

const labels = ({ labels }: SizeReservation): { labels?: Readonly<Record<string, string>> } =>
  Object.keys(labels).length > 0 ? { labels } : {};

/** What is reserved; only members see for which project. */
export const reservationOutline = ({
  labels: _,
  ...reservation
}: SizeReservationResponse): SizeReservationResponse => ({
  ...reservation,
  name: '',
  description: '',
  projectid: '',
});
