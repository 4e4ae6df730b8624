import type { Optional } from '../../shared/entity.js';
import { checkTags } from '../../shared/entity.js';
import type { Entity } from '../../shared/entity.js';
import { DomainError, malformed } from '../../shared/errors/domain-error.js';
import { LateBoundFunction } from '../../shared/late-bound-function.js';
import { Ip } from '../../shared/net/ip.js';
import { canonicalUuid } from '../../shared/spelling.js';
import type { AllocationId, BundleId, MachineId, NetworkId } from '../../shared/id.js';

/**
 * `ephemeral` addresses are freed with the last machine that uses them; `static` addresses stay
 * (docs/reference/ip-addresses.md#types-and-automatic-release).
 */
export type IpType = 'ephemeral' | 'static';

/**
 * Records that an allocation uses the address. Internal: releases are based on attachments, never on the address alone.
 */
export interface Attachment {
  readonly machineId: MachineId;
  /** UUID of the machine's allocation. */
  readonly allocation: AllocationId;
  /** True if the address was acquired for this allocation, false if it was named in the request. */
  readonly acquired: boolean;
  /** ISO time. */
  readonly at: string;
}

/**
 * An address in use. Its ID is the canonical text: storing the document is the lock on the address
 * (docs/concepts/design.md#unique-keys).
 */
export interface IpAddress extends Entity {
  /** Random for each allocation of the address, to distinguish its uses. */
  readonly allocationUuid: string;
  /** The prefix of its network that it was allocated from. */
  readonly prefix: string;
  readonly networkId: NetworkId;
  readonly projectId: string;
  readonly type: IpType;
  /** Sorted, without duplicates. */
  readonly tags: readonly string[];
  readonly attachments: readonly Attachment[];
  /** The bundle of allocations that it is acquired for, until that is decided; nothing else can be done with it then. */
  readonly heldBy?: BundleId;
}

/** Key of the tag that binds an address to a machine; the only tag that the server itself interprets. */
export const MACHINE_TAG = 'machine.metal-stack.io/id';

/** Name and description of automatically acquired addresses; `metalctl` checks for it. */
export const AUTO_DESCRIPTION = 'autoassigned';

/** Looks up the stored ID of a machine by any spelling; provided by the machine feature. */
export class MachineIdLookup extends LateBoundFunction<[machineId: string], string | undefined> {
  /** Returns the stored ID, or the spelling that a new machine would get. */
  of(machineId: string): string {
    return this.call(machineId) ?? canonicalUuid(machineId);
  }
}

export const machineTag = (machineId: string): string => `${MACHINE_TAG}=${machineId}`;

export const isMachineTag = (tag: string): boolean => tag.startsWith(`${MACHINE_TAG}=`);

/** Sorted, without duplicates. */
export const normalTags = (tags: readonly string[]): string[] => [...new Set(tags)].sort();

/**
 * Returns the canonical spelling of an address in a path or query. Other text is returned unchanged and thus not found.
 */
export const canonicalAddress = (text: string): string => Ip.tryParseUnmapped(text)?.toString() ?? text;

/** Scope of an address (docs/reference/ip-addresses.md#update-an-address): none, a machine, or a project. */
export type IpScope = '' | 'machine' | 'project';

export function scopeOf({ projectId, tags }: Pick<IpAddress, 'projectId' | 'tags'>): IpScope {
  if (!projectId) return '';
  return tags.some((tag) => tag === MACHINE_TAG || isMachineTag(tag)) ? 'machine' : 'project';
}

/** Fields that a user can change (POST /v1/ip). Absent fields stay unchanged. */
export type IpChange = Optional<{
  readonly name: string;
  readonly description: string;
  /** Any value other than `static` and `ephemeral` keeps the type: clients send `""`. */
  readonly type: string;
  /** Replaces all tags, including the machine tag. */
  readonly tags: readonly string[];
}>;

/** Throws `conflict` while the bundle that the address is acquired for is undecided. */
export function refuseHeld({ id, heldBy }: IpAddress): void {
  if (heldBy !== undefined)
    throw new DomainError('conflict', `ip ${id} is being allocated together with others, retry in a moment`);
}

/** The address as its project's own, after its bundle was decided; the same object if it is that already. */
export function confirm(ip: IpAddress, bundle: BundleId): IpAddress {
  if (ip.heldBy !== bundle) return ip;
  const { heldBy: _, ...own } = ip;
  return own;
}

/**
 * Returns the address after a change by a user. Throws `conflict` while it is held, and `malformed` for invalid tags and if a static address would
 * become ephemeral.
 */
export function changeIp(ip: IpAddress, change: IpChange, now: string): IpAddress {
  refuseHeld(ip);
  if (ip.type === 'static' && change.type === 'ephemeral')
    throw malformed(`ip ${ip.id} is static and cannot be made ephemeral`);
  checkTags('tags', change.tags ?? []);
  const tags = change.tags ? normalTags(change.tags) : ip.tags;
  return {
    ...ip,
    name: change.name ?? ip.name,
    description: change.description ?? ip.description,
    type: change.type === 'static' ? 'static' : ip.type,
    tags,
    changed: now,
  };
}

/**
 * Attaches the address to an allocation. Tags of other machines stay; a machine tag without a machine is removed. Throws
 * `conflict` while it is held.
 */
export function attach(ip: IpAddress, attachment: Attachment): IpAddress {
  refuseHeld(ip);
  const others = ip.attachments.filter(({ allocation }) => allocation !== attachment.allocation);
  const tags = ip.tags.filter((tag) => tag !== MACHINE_TAG);
  return {
    ...ip,
    tags: normalTags([...tags, machineTag(attachment.machineId)]),
    attachments: [...others, attachment],
    changed: attachment.at,
  };
}

/** Why an allocation releases its addresses: it was freed, or it failed. */
export type ReleaseReason = 'freed' | 'failed';

/**
 * Detaches an allocation: returns the address without it, or `gone`. An ephemeral address is gone when no machine uses
 * it any longer. An address that was named in the request survives a failed attempt, and one whose machine tag the user
 * removed survives its machine (docs/reference/ip-addresses.md#update-an-address,
 * docs/reference/machine-networks.md#rollback).
 */
export function detach(ip: IpAddress, allocation: string, reason: ReleaseReason, now: string): IpAddress | 'gone' {
  const attachment = ip.attachments.find((candidate) => candidate.allocation === allocation);
  if (!attachment) return ip;
  const attachments = ip.attachments.filter((candidate) => candidate !== attachment);
  const tag = machineTag(attachment.machineId);
  const stillUsed = attachments.some(({ machineId }) => machineId === attachment.machineId);
  const tags = stillUsed ? ip.tags : ip.tags.filter((candidate) => candidate !== tag);
  const dies = reason === 'freed' ? ip.tags.includes(tag) : attachment.acquired;
  if (dies && ip.type === 'ephemeral' && !tags.some(isMachineTag)) return 'gone';
  return { ...ip, tags, attachments, changed: now };
}

/**
 * Handles an address that carries the tag of a machine being freed although no allocation of the machine uses it,
 * because a user set the tag (docs/reference/ip-addresses.md#types-and-automatic-release c). Returns the address
 * without the tag, or `gone`.
 */
export function dropMachineTag(ip: IpAddress, machineId: string, now: string): IpAddress | 'gone' {
  const tag = machineTag(machineId);
  if (!ip.tags.includes(tag) || ip.attachments.some((attachment) => attachment.machineId === machineId)) return ip;
  const tags = ip.tags.filter((candidate) => candidate !== tag);
  if (ip.type === 'ephemeral' && !tags.some(isMachineTag)) return 'gone';
  return { ...ip, tags, changed: now };
}
