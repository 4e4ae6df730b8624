import { defineTable } from '../../platform/store/table.js';
import type { SizeReservation } from './size-reservation.js';

export const sizeReservationTable = defineTable<SizeReservation>()({
  name: 'sizereservation',
  indexes: {
    size: (reservation) => reservation.sizeId,
    project: (reservation) => reservation.projectId,
    partition: (reservation) => reservation.partitionIds,
  },
});
