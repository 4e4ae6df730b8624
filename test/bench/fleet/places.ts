import { times } from './contents.js';
import { partitionOf } from './networks.js';
import { ALLOCATABLE, CATALOG, PER_PROJECT, PER_RACK, partitionName } from './names.js';

/** The place and the owner of a machine of the fleet. */
export interface Place {
  readonly number: number;
  readonly partition: number;
  readonly size: number;
  readonly rack: string;
  /** Names of the two leaf switches of the rack. */
  readonly leaves: readonly [string, string];
  /** Port on both leaves. */
  readonly port: number;
  /** Undefined: the machine waits for an allocation. */
  readonly project: number | undefined;
  /** Index among the machines of its project. */
  readonly position: number;
}

/** Half of the fleet belongs to projects, unless too few machines would be left for allocations. */
export const projectsOf = (machines: number): number =>
  Math.floor(Math.min(machines / 2, machines - ALLOCATABLE) / PER_PROJECT);

/**
 * The machines of the fleet: first those of projects 1 and up, then waiting ones in partition 0 with size 0, then waiting
 * ones anywhere.
 */
export function placesOf(machines: number): Place[] {
  const allocated = projectsOf(machines) * PER_PROJECT;
  const seats = new Map<number, number>();
  return times(machines, (number) => {
    const project = number < allocated ? 1 + Math.floor(number / PER_PROJECT) : undefined;
    const hot = project === undefined && number < allocated + ALLOCATABLE;
    const partition = project === undefined ? (hot ? 0 : number % CATALOG) : partitionOf(project);
    const seat = seats.get(partition) ?? 0;
    seats.set(partition, seat + 1);
    const rack = `${partitionName(partition)}-rack-${Math.floor(seat / PER_RACK)}`;
    const leaves = [`${rack}-leaf-1`, `${rack}-leaf-2`] as const;
    const size = hot ? 0 : number % CATALOG;
    return { number, partition, size, rack, leaves, port: seat % PER_RACK, project, position: number % PER_PROJECT };
  });
}
