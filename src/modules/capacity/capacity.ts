import { append } from '../../shared/append.js';
import type { MachineReservation } from '../machine/allocation/reservation.js';

/** The properties of a machine that determine the capacity of its partition. */
export interface CountedMachine {
  readonly id: string;
  /** Undefined if it belongs to none. */
  readonly partitionId: string | undefined;
  /** `unknown` if it has no size, or its size was deleted. */
  readonly sizeId: string;
  /** The project it is allocated to. */
  readonly project: string | undefined;
  /** The machine has a fault. */
  readonly faulty: boolean;
  /** The machine could be allocated right now. */
  readonly allocatable: boolean;
  /** No operator has reserved or locked the machine. */
  readonly inNoState: boolean;
  /** The newest provisioning event. */
  readonly lastEvent: string | undefined;
}

/**
 * Machines of one size in one partition, counted in two ways: `total` is the sum of `allocated`, `allocatable` and
 * `unavailable`, and the sum of `phonedHome`, `waiting` and `other`. `faulty` is independent of both.
 */
export interface ServerCapacity {
  readonly sizeId: string;
  readonly total: number;
  readonly allocated: number;
  readonly allocatable: number;
  readonly unavailable: number;
  /** Allocatable machines that are not reserved for other projects. */
  readonly free: number;
  readonly faulty: number;
  readonly faultyMachines: readonly string[];
  readonly phonedHome: number;
  readonly waiting: number;
  readonly other: number;
  readonly otherMachines: readonly string[];
  readonly reservations: number;
  readonly usedReservations: number;
}

/**
 * Counts the machines of one size in one partition (docs/reference/partitions.md#capacity). Reservations of `project`
 * do not reduce `free`. Unlike the original, several reservations of one project are added up before they are compared
 * with its usage.
 */
export function countServers(
  sizeId: string,
  machines: readonly CountedMachine[],
  reserved: readonly MachineReservation[],
  project?: string,
): ServerCapacity {
  const ids = (accept: (machine: CountedMachine) => boolean): string[] => machines.filter(accept).map(({ id }) => id);
  const count = (accept: (machine: CountedMachine) => boolean): number => machines.filter(accept).length;
  const allocated = count(isAllocated);
  const allocatable = count((machine) => !isAllocated(machine) && machine.allocatable);
  const phonedHome = count(({ lastEvent }) => lastEvent === 'Phoned Home');
  const waiting = count(({ lastEvent }) => lastEvent === 'Waiting');
  const faultyMachines = ids(({ faulty }) => faulty);
  const otherMachines = ids(({ lastEvent }) => lastEvent !== 'Phoned Home' && lastEvent !== 'Waiting');
  const holdings = holdingsOf(machines, reserved);
  const withheld = holdings.filter(({ projectId }) => projectId !== project);
  return {
    sizeId,
    total: machines.length,
    allocated,
    allocatable,
    unavailable: machines.length - allocated - allocatable,
    free: Math.max(allocatable - sum(withheld.map(({ amount, used }) => amount - used)), 0),
    faulty: faultyMachines.length,
    faultyMachines,
    phonedHome,
    waiting,
    other: otherMachines.length,
    otherMachines,
    reservations: sum(holdings.map(({ amount }) => amount)),
    usedReservations: sum(holdings.map(({ used }) => used)),
  };
}

/** The reservation of each project, and how much of it is used. */
function holdingsOf(machines: readonly CountedMachine[], reserved: readonly MachineReservation[]) {
  const amounts = new Map<string, number>();
  for (const { projectId, amount } of reserved) amounts.set(projectId, (amounts.get(projectId) ?? 0) + amount);
  const allocations = new Map<string, number>();
  for (const { project } of machines)
    if (project !== undefined) allocations.set(project, (allocations.get(project) ?? 0) + 1);
  return [...amounts].map(([projectId, amount]) => ({
    projectId,
    amount,
    used: Math.min(amount, allocations.get(projectId) ?? 0),
  }));
}

/**
 * Machines of one size in one partition as legacy clients count them, each in exactly one class
 * (docs/reference/partitions.md#capacity-of-january-2021): allocated, else faulty, else free (its last event is
 * Waiting, and no operator has reserved or locked it), else other.
 */
export interface LegacyServerCapacity {
  readonly sizeId: string;
  readonly total: number;
  readonly allocated: number;
  readonly faulty: number;
  readonly faultyMachines: readonly string[];
  readonly free: number;
  readonly other: number;
  readonly otherMachines: readonly string[];
}

/** Each machine is in one class: allocated, faulty, free or other. The classes add up to the total. */
export function countLegacyServers(sizeId: string, machines: readonly CountedMachine[]): LegacyServerCapacity {
  const unallocated = machines.filter((machine) => !isAllocated(machine));
  const faultyMachines = unallocated.filter(({ faulty }) => faulty).map(({ id }) => id);
  const sound = unallocated.filter(({ faulty }) => !faulty);
  const otherMachines = sound.filter((machine) => !seemsFree(machine)).map(({ id }) => id);
  return {
    sizeId,
    total: machines.length,
    allocated: machines.length - unallocated.length,
    faulty: faultyMachines.length,
    faultyMachines,
    free: sound.length - otherMachines.length,
    other: otherMachines.length,
    otherMachines,
  };
}

/** Groups machines by a key; keys are in ascending order. */
export function groupBy(
  machines: readonly CountedMachine[],
  keyOf: (machine: CountedMachine) => string | undefined,
): [string, CountedMachine[]][] {
  const groups = new Map<string, CountedMachine[]>();
  for (const machine of machines) {
    const key = keyOf(machine);
    if (key !== undefined) append(groups, key, machine);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

const seemsFree = ({ inNoState, lastEvent }: CountedMachine): boolean => inNoState && lastEvent === 'Waiting';
const isAllocated = ({ project }: CountedMachine): boolean => project !== undefined;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
