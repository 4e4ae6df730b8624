import { checkTags } from '../../shared/entity.js';
import type { Entity } from '../../shared/entity.js';
import { malformed } from '../../shared/errors/domain-error.js';
import { Inquiry } from '../../shared/inquiry.js';
import { Ip } from '../../shared/net/ip.js';
import { canonicalUuid } from '../../shared/spelling.js';

/** `ephemeral` ones go with the last machine that uses them, `static` ones stay (reference/20 §3.5). */
export type IpType = 'ephemeral' | 'static';

/** That an allocation uses the address. Internal: releases go by it, never by the address alone. */
export interface Attachment {
  readonly machineId: string;
  /** Uuid of the machine's allocation. */
  readonly allocation: string;
  /** The address was taken for this allocation; otherwise it existed before and was given in the request. */
  readonly acquired: boolean;
  /** ISO time. */
  readonly at: string;
}

/** An address that is in use. Its id is the canonical text: storing the document is the lock on it (design D3.1). */
export interface IpAddress extends Entity {
  /** Random for each time the address is allocated: tells uses of one address apart. */
  readonly allocationUuid: string;
  /** The prefix of its network that it was taken from. */
  readonly prefix: string;
  readonly networkId: string;
  readonly projectId: string;
  readonly type: IpType;
  /** Sorted, without duplicates. */
  readonly tags: readonly string[];
  readonly attachments: readonly Attachment[];
}

/** Key of the tag that binds an address to a machine; the only one the server itself interprets. */
export const MACHINE_TAG = 'machine.metal-stack.io/id';

/** Name and description of addresses that an allocation takes by itself; `metalctl` looks for it. */
export const AUTO_DESCRIPTION = 'autoassigned';

/** Asks under which id a machine is stored, by any spelling; answered by the machine feature. */
export class MachineIdInquiry extends Inquiry<[machineId: string], string | undefined> {
  constructor() {
    super(undefined);
  }

  /** The stored id, or the spelling that a new machine would have. */
  of(machineId: string): string {
    return this.ask(machineId) ?? canonicalUuid(machineId);
  }
}

export const machineTag = (machineId: string): string => `${MACHINE_TAG}=${machineId}`;

export const isMachineTag = (tag: string): boolean => tag.startsWith(`${MACHINE_TAG}=`);

/** Sorted, without duplicates. */
export const normalTags = (tags: readonly string[]): string[] => [...new Set(tags)].sort();

/** The canonical spelling of an address in a path or query; what is no address stays as it is and is not found. */
export const canonicalAddress = (text: string): string => Ip.read(text)?.toString() ?? text;

/** Whose business the address is (reference/20 §3.2): nobody's in particular, a machine's, a project's. */
export type IpScope = '' | 'machine' | 'project';

export function scopeOf({ projectId, tags }: Pick<IpAddress, 'projectId' | 'tags'>): IpScope {
  if (!projectId) return '';
  return tags.some((tag) => tag === MACHINE_TAG || isMachineTag(tag)) ? 'machine' : 'project';
}

/** What a user changes (POST /v1/ip); what is absent stays. */
export interface IpChange {
  readonly name?: string;
  readonly description?: string;
  /** Anything but `static` and `ephemeral` means "as it is": clients send `""`. */
  readonly type?: string;
  /** Replaces all tags, the machine's included. */
  readonly tags?: readonly string[];
}

/** The address after a change by a user. Throws `malformed` for a static one that would become ephemeral, and for tags. */
export function changeIp(ip: IpAddress, change: IpChange, now: string): IpAddress {
  if (ip.type === 'static' && change.type === 'ephemeral')
    throw malformed(`ip ${ip.id} is static and cannot become ephemeral again`);
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

/** The address, used by this allocation too. Tags of other machines stay, a machine tag without machine goes. */
export function attach(ip: IpAddress, attachment: Attachment): IpAddress {
  const others = ip.attachments.filter(({ allocation }) => allocation !== attachment.allocation);
  const tags = ip.tags.filter((tag) => tag !== MACHINE_TAG);
  return {
    ...ip,
    tags: normalTags([...tags, machineTag(attachment.machineId)]),
    attachments: [...others, attachment],
    changed: attachment.at,
  };
}

/** Why an allocation lets go of its addresses: it was given back, or never came about. */
export type ReleaseReason = 'freed' | 'failed';

/**
 * What becomes of an address when this allocation lets go: the address without it, or `gone`. An address goes when it
 * is ephemeral and no machine is left that uses it. One that the user brought along outlives a failed attempt, and one
 * whose machine tag the user took away outlives its machine (reference/20 §3.2, §4.4).
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
 * What becomes of an address that carries the tag of a machine which is being freed, although no allocation of the
 * machine says so: a user set the tag (reference/20 §3.5 c).
 */
export function dropMachineTag(ip: IpAddress, machineId: string, now: string): IpAddress | 'gone' {
  const tag = machineTag(machineId);
  if (!ip.tags.includes(tag) || ip.attachments.some((attachment) => attachment.machineId === machineId)) return ip;
  const tags = ip.tags.filter((candidate) => candidate !== tag);
  if (ip.type === 'ephemeral' && !tags.some(isMachineTag)) return 'gone';
  return { ...ip, tags, changed: now };
}
