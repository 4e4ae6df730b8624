import { timestamp } from '../../../../shared/clock.js';
import { invalid } from '../../../../shared/errors/domain-error.js';
import type { Machine } from '../../machine.js';
import { describeWork } from '../work-in-progress.js';
import type { Lease } from './lease.js';

/** Throws `invalid` if the machine may not be released at this time (in milliseconds). */
export type ReleaseCheck = (machine: Machine, now: number) => void;

/**
 * Any machine can be released, even a free one, which is only rebooted; except one that is locked, is being allocated,
 * or has no partition.
 */
export function checkReleasable(machine: Machine, now: number): void {
  const { id, state, claim } = machine;
  if (state.value === 'LOCKED') throw invalid(`machine "${id}" is locked: ${state.description}`);
  if (claim) throw invalid(describeWork(machine, now) ?? '');
  if (machine.partitionId === undefined)
    throw invalid(`machine "${id}" does not belong to a partition, so no agent can reboot it`);
}

/** Like `checkReleasable`, but also refuses a machine with an allocation. */
export function checkReclaimable(machine: Machine, now: number): void {
  checkReleasable(machine, now);
  if (machine.allocation)
    throw invalid(`machine "${machine.id}" is allocated to project "${machine.allocation.project}"`);
}

/**
 * Marks the machine as being released by the process `by`, with `timeout` milliseconds to finish. From then on its
 * installer is not waiting, and the machine cannot be claimed. Keeps the allocation, which names the resources to
 * release. A release in progress stays as it is, with its ID: returns the same object. Throws the errors of `check`.
 */
export function beginRelease(
  machine: Machine,
  { by, timeout }: Lease,
  now: number,
  check: ReleaseCheck = checkReleasable,
): Machine {
  check(machine, now);
  if (machine.release) return machine;
  const { allocation } = machine;
  const released = allocation && { allocation: allocation.uuid };
  const release = { id: releaseId(machine, now), ...released, deadline: timestamp(now + timeout), by };
  return { ...machine, release, waiting: false };
}

/**
 * Ends the release: the machine keeps nothing of its tenant, neither allocation nor tags, and must register and wait
 * again before it is a candidate. Returns the same object if it is not this release that is in progress: the machine
 * may have a new owner by then.
 */
export function finishRelease(machine: Machine, releaseId: string): Machine {
  if (machine.release?.id !== releaseId) return machine;
  return { ...machine, allocation: undefined, release: undefined, tags: [], waiting: false };
}

/** The ID of the reboot command in the journal: one per allocation, and one per free of a free machine. */
const releaseId = (machine: Machine, now: number): string =>
  `reclaim-${machine.allocation?.uuid ?? `${machine.id}-${now.toString(36)}`}`;
