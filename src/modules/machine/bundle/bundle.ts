import { timestamp } from '../../../shared/clock.js';
import type { Content, Document } from '../../../shared/document.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { AllocationId, MachineId, WaitEntryId } from '../../../shared/id.js';
import type { IpSpec } from '../../ip/ip-draft.js';
import type { AllocationRequest } from '../allocation/request.js';
import type { AllocationRole } from '../machine.js';

/** How many machines, firewalls and addresses one request may ask for in all. */
export const MAX_MEMBERS = 32;

/** How many members are worked on at the same time. */
export const WIDTH = 8;

/** How long a complete bundle of a request with an idempotency key is kept: as long as the key, in milliseconds. */
const KEPT_MS = 24 * 3600_000;

/** Machines, firewalls and addresses that are allocated together, or not at all. */
export interface BundleRequest {
  readonly machines: readonly AllocationRequest[];
  readonly firewalls: readonly AllocationRequest[];
  readonly ips: readonly IpSpec[];
}

/** A machine or firewall of a bundle. */
export interface BundledMachine {
  readonly allocation: AllocationId;
  readonly role: AllocationRole;
  /** Known as soon as the bundle is decided. */
  readonly machineId?: MachineId;
}

/** An address of a bundle. */
export interface BundledAddress {
  readonly address: string;
  /** Distinguishes this use of the address from later ones. */
  readonly uuid: string;
}

/**
 * The one document that decides whether its members are allocated: they are from the write on that makes it `decided`,
 * and are not if it becomes `undoing` instead. Any process that finds it later carries out what it says
 * (docs/adr/0027-bundles.md).
 */
export interface Bundle extends Document {
  /** `complete` is kept for repetitions of a request with an idempotency key, and for the waiting list. */
  readonly state: 'open' | 'undoing' | 'decided' | 'complete';
  /** Process that allocates. */
  readonly by: string;
  /** From then on, any process may finish or undo it. ISO time. */
  readonly deadline: string;
  /** With an idempotency key: the ID of the execution (`newCreatedId`). */
  readonly execution?: string;
  /** The entry of the waiting list that is served: the bundle is kept until the entry shows it. */
  readonly entry?: WaitEntryId;
  /** In the order of the request; machines first, then firewalls. */
  readonly machines: readonly BundledMachine[];
  /** In the order of the request; known as soon as the bundle is decided. */
  readonly addresses: readonly BundledAddress[];
}

/** An attempt to serve an entry of the waiting list. */
export interface Turn {
  readonly entry: WaitEntryId;
  /**
   * Confirms that no one else has taken the entry over, or cancelled it; throws `conflict` otherwise. Called between the
   * first write of the bundle, by which the other one finds it, and its decision.
   */
  confirm(): Promise<void>;
}

/** What a new bundle knows before anything is acquired for it. */
export interface NewBundle extends Pick<Bundle, 'id' | 'by' | 'machines'> {
  readonly execution: string | undefined;
  readonly entry?: WaitEntryId | undefined;
  readonly timeout: number;
}

export const openBundle = ({ execution, entry, timeout, ...rest }: NewBundle, now: number): Content<Bundle> => ({
  ...rest,
  ...(entry !== undefined && { entry }),
  ...(execution !== undefined && { execution }),
  state: 'open',
  deadline: timestamp(now + timeout),
  addresses: [],
});

/**
 * The point of no return: from this write on, everything is allocated. Throws `conflict` if another process has begun to
 * undo the bundle.
 */
export function decide(
  bundle: Bundle,
  machines: readonly BundledMachine[],
  addresses: readonly BundledAddress[],
): Bundle {
  if (bundle.state !== 'open') throw undoneMeanwhile();
  return { ...bundle, state: 'decided', machines, addresses };
}

export const undoneMeanwhile = (): DomainError =>
  new DomainError('conflict', 'the allocation took too long and was undone, retry');

/** From this write on, nothing can be allocated any longer. A bundle that is decided stays so. */
export const beginUndo = (bundle: Bundle): Bundle =>
  bundle.state === 'open' ? { ...bundle, state: 'undoing' } : bundle;

/** Everything is allocated; the deadline is when a repetition need no longer be answered. */
export const completed = (bundle: Bundle, now: number): Bundle =>
  bundle.state === 'decided' ? { ...bundle, state: 'complete', deadline: timestamp(now + KEPT_MS) } : bundle;

export const isDecided = ({ state }: Bundle): boolean => state === 'decided' || state === 'complete';

/** Whether another process may take the bundle over at `time`, in milliseconds. */
export const isOverdue = ({ deadline }: Pick<Bundle, 'deadline'>, time: number): boolean => Date.parse(deadline) < time;

/** Where a member stands in the request, for messages. */
export const memberName = (list: keyof BundleRequest, index: number): string => `${list}[${index}]`;
