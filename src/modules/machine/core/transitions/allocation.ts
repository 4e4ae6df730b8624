import { timestamp } from '../../../../shared/clock.js';
import { DomainError, invalid, malformed } from '../../../../shared/errors/domain-error.js';
import type { AllocationId } from '../../../../shared/id.js';
import { isUnowned } from '../../machine.js';
import type { Machine, MachineAllocation, MachineClaim } from '../../machine.js';
import { machineTags } from '../tags.js';
import { describeWork } from '../work-in-progress.js';
import type { Lease } from './lease.js';

/** What a claim records; it starts without being undone. */
export type NewClaim = Omit<MachineClaim, 'undoing' | 'deadline' | 'by' | 'prepared'> & Lease;

/**
 * Throws `invalid` if the machine cannot be claimed at this time (in milliseconds): it is locked, allocated, claimed
 * or being released. A reserved machine, or one whose installer does not wait, can be claimed by UUID.
 */
export function checkClaimable(machine: Machine, now: number): void {
  const { id, state } = machine;
  if (state.value === 'LOCKED') throw invalid(`machine "${id}" is locked: ${state.description}`);
  const busy = describeWork(machine, now);
  if (busy !== undefined) throw invalid(busy);
  if (!isUnowned(machine)) throw invalid(`machine "${id}" is already allocated`);
}

/**
 * Claims the machine for a future allocation, before anything is acquired for it. Never claims a machine that has an
 * owner or is locked: throws the errors of `checkClaimable`.
 */
export function claimMachine(machine: Machine, { timeout, ...whose }: NewClaim, now: number): Machine {
  checkClaimable(machine, now);
  return { ...machine, claim: { ...whose, deadline: timestamp(now + timeout), undoing: false } };
}

/**
 * Turns the claim into the allocation, with its tags, in one step: there is never both, and never neither. Only the
 * claim of this very allocation can be fulfilled. Throws `conflict` if it was lost or is being undone. `chassis` is
 * the serial number of the machine's chassis.
 */
export function fulfilClaim(machine: Machine, allocation: MachineAllocation, chassis: string): Machine {
  if (machine.claim?.allocation !== allocation.uuid || machine.claim.undoing) throw claimLost(machine.id);
  return { ...machine, allocation, tags: tagsOf(machine, allocation, chassis), claim: undefined };
}

/**
 * Records in the claim of a bundle what it is to become. The machine stays unallocated, and its installer waits, until
 * the bundle is decided. Throws `conflict` if the claim was lost or is being undone.
 */
export function prepareClaim(machine: Machine, allocation: MachineAllocation): Machine {
  const { claim } = machine;
  if (claim?.bundle === undefined || claim.allocation !== allocation.uuid || claim.undoing) throw claimLost(machine.id);
  return { ...machine, claim: { ...claim, prepared: allocation } };
}

/**
 * Turns a prepared claim into its allocation, after its bundle was decided. Returns the same object if it has become one
 * already. Throws `conflict` if the machine has neither: the allocation was freed meanwhile.
 */
export function fulfilPreparedClaim(machine: Machine, allocation: AllocationId, chassis: string): Machine {
  if (machine.allocation?.uuid === allocation) return machine;
  const prepared = machine.claim?.prepared;
  if (prepared?.uuid !== allocation) throw claimLost(machine.id);
  return fulfilClaim(machine, prepared, chassis);
}

/**
 * Takes the claim over in order to undo it: from then on it cannot be fulfilled, so that what was acquired for it can
 * be released. Returns the same object if the machine has no such claim.
 */
export function takeOverClaim(machine: Machine, allocation: AllocationId): Machine {
  const { claim } = machine;
  if (claim?.allocation !== allocation || claim.undoing) return machine;
  return { ...machine, claim: { ...claim, undoing: true } };
}

/**
 * Makes the machine free again, after everything was released that had been acquired under the claim. Returns the same
 * object if the machine has no such claim: another owner's claim or allocation stays.
 */
export function abandonClaim(machine: Machine, allocation: AllocationId): Machine {
  return machine.claim?.allocation === allocation ? { ...machine, claim: undefined } : machine;
}

/** Changes of an allocation by its project; omitted fields keep their value. */
export interface AllocationChanges {
  /** May become empty. */
  readonly description?: string | undefined;
  /**
   * Replaces the user's tags. An empty list keeps them, because clients send it for "no change"
   * (docs/reference/client-conventions.md#null-empty-and-absent-in-updates).
   */
  readonly tags?: readonly string[] | undefined;
  /** Replaces the keys; an empty list keeps them. */
  readonly sshPubKeys?: readonly string[] | undefined;
}

/**
 * Changes texts, tags and keys of the allocation, and builds the system's tags anew. Keeps the allocation's UUID,
 * project, role, image and resources. Throws `malformed` for a machine without an allocation.
 */
export function changeAllocation(machine: Machine, changes: AllocationChanges, chassis: string): Machine {
  const { id, allocation: before } = machine;
  if (!before) throw malformed(`machine "${id}" is not allocated, so there is nothing to change`);
  const { description = before.description, tags = [], sshPubKeys = [] } = changes;
  const allocation = {
    ...before,
    description,
    userTags: tags.length > 0 ? tags : before.userTags,
    sshPubKeys: sshPubKeys.length > 0 ? sshPubKeys : before.sshPubKeys,
  };
  return { ...machine, allocation, tags: tagsOf(machine, allocation, chassis) };
}

/**
 * Records whether the machine is connected to the VPN of its project. Changes only the allocation that was evaluated:
 * returns the same object if there is another one by now, or one without a VPN.
 */
export function recordVpnConnection(machine: Machine, uuid: AllocationId, connected: boolean): Machine {
  const { allocation } = machine;
  if (!allocation?.vpn || allocation.uuid !== uuid) return machine;
  return { ...machine, allocation: { ...allocation, vpn: { ...allocation.vpn, connected } } };
}

const tagsOf = ({ rackId }: Machine, { userTags, asn }: MachineAllocation, chassis: string): readonly string[] =>
  machineTags(userTags, { asn, rack: rackId, chassis });

const claimLost = (machineId: string): DomainError =>
  new DomainError('conflict', `the allocation of machine "${machineId}" took too long and was undone, retry`);
