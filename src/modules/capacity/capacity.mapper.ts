import type { LegacyServerCapacity, ServerCapacity } from './capacity.js';
import type { PartitionCapacityDto, ServerCapacityDto } from './capacity.dto.js';
import type { PartitionCapacity } from './capacity.service.js';

export const toCapacityResponse = (capacity: PartitionCapacity<ServerCapacity>): PartitionCapacityDto =>
  response(capacity, (servers) => ({
    ...toServers(servers),
    phoned_home: servers.phonedHome,
    waiting: servers.waiting,
    allocatable: servers.allocatable,
    unavailable: servers.unavailable,
    reservations: servers.reservations,
    usedreservations: servers.usedReservations,
    remainingreservations: servers.reservations - servers.usedReservations,
  }));

export const toLegacyCapacityResponse = (capacity: PartitionCapacity<LegacyServerCapacity>): PartitionCapacityDto =>
  response(capacity, toServers);

function response<Servers>(
  { partition, servers }: PartitionCapacity<Servers>,
  map: (servers: Servers) => ServerCapacityDto,
): PartitionCapacityDto {
  const { id, name, description } = partition;
  return { id, name, description, servers: servers.map(map) };
}

const toServers = (servers: LegacyServerCapacity): ServerCapacityDto => ({
  size: servers.sizeId,
  total: servers.total,
  allocated: servers.allocated,
  free: servers.free,
  faulty: servers.faulty,
  faultymachines: servers.faultyMachines,
  other: servers.other,
  othermachines: servers.otherMachines,
});

/** The numbers of machines; only members see machine IDs. */
export const capacityOutline = (capacity: PartitionCapacityDto): PartitionCapacityDto => ({
  ...capacity,
  servers: capacity.servers.map((servers) => ({ ...servers, faultymachines: [], othermachines: [] })),
});
