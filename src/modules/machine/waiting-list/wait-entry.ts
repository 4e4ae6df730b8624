import { parseDuration } from '../../../config/environment.js';
import { timestamp } from '../../../shared/clock.js';
import type { Document } from '../../../shared/document.js';
import { malformed } from '../../../shared/errors/domain-error.js';
import type { MachineId, PartitionId, ProjectId, SizeId, WaitEntryId } from '../../../shared/id.js';
import { quoteText } from '../../../shared/text.js';
import type { Bundle, BundleRequest } from '../bundle/bundle.js';
import { candidateKey } from '../machine.table.js';

const SHORTEST_MS = 1_000;
const LONGEST_MS = 24 * 3600_000;

/** How long an entry is kept after it has ended, in milliseconds. */
const KEPT_MS = 24 * 3600_000;

export const WAIT_STATES = ['joining', 'waiting', 'serving', 'served', 'expired', 'cancelled', 'failed'] as const;

/** `joining` is not on the list yet; `waiting` and `serving` are open; the others are the end. */
export type WaitState = (typeof WAIT_STATES)[number];

/** Machines of one size in one partition that an entry wants, in any role. */
export interface MachineWant {
  readonly partitionId: PartitionId;
  readonly sizeId: SizeId;
  readonly machines: number;
}

/** An attempt to serve an entry, or to end it while one may be under way. The next attempt takes the entry over. */
export interface Attempt {
  /** Random: distinguishes this attempt from every other one. */
  readonly token: string;
  /** Process that makes it. */
  readonly by: string;
  /** From then on, any process may take the entry over. ISO time. */
  readonly deadline: string;
}

/** What an entry got. */
export interface Served {
  readonly machines: readonly MachineId[];
  readonly firewalls: readonly MachineId[];
  readonly ips: readonly string[];
}

/**
 * A request of `allocation/many` that waits for machines, or has waited. Its place in the order of all entries is its
 * number, then its ID (docs/adr/0029-waiting-list.md).
 */
export interface WaitEntry extends Document, Served {
  readonly id: WaitEntryId;
  readonly state: WaitState;
  readonly number: number;
  /** Who asked: e-mail address or name. */
  readonly creator: string;
  /** The projects of its members, each once. */
  readonly projects: readonly ProjectId[];
  readonly wants: readonly MachineWant[];
  /** The JSON of the `BundleRequest`; empty once the entry has ended. A secret: it contains user data. */
  readonly request: string;
  /** ISO time. */
  readonly since: string;
  /** Until then it waits. ISO time. */
  readonly deadline: string;
  /** While it is `serving`. */
  readonly attempt?: Attempt;
  /** ISO time. */
  readonly ended?: string;
  /** Why it waits, or has failed. */
  readonly reason: string;
}

/** Milliseconds of a text such as `30m`. Throws `malformed`. */
export function parseWait(text: string): number {
  const wait = text.length <= 20 ? parseDuration(text) : undefined;
  if (wait !== undefined && wait >= SHORTEST_MS && wait <= LONGEST_MS) return wait;
  throw malformed(`wait is ${quoteText(text, 60)}, expected a duration from 1s to 24h, such as 30m or 1h30m`);
}

/** The request as the client sent it. */
export const requestOf = ({ request }: Pick<WaitEntry, 'request'>): BundleRequest =>
  JSON.parse(request) as BundleRequest;

export const isOpen = ({ state }: Pick<WaitEntry, 'state'>): boolean => state === 'waiting' || state === 'serving';

export const hasEnded = (entry: WaitEntry): boolean => !isOpen(entry) && entry.state !== 'joining';

export const isExpired = ({ deadline }: WaitEntry, now: number): boolean => Date.parse(deadline) <= now;

/** Whether the entry need not be kept any longer. */
export const isForgettable = ({ ended, since, state }: WaitEntry, now: number): boolean =>
  state === 'joining' ? Date.parse(since) + KEPT_MS <= now : ended !== undefined && Date.parse(ended) + KEPT_MS <= now;

/** Whether the attempt with this token still has the entry. */
export const isHeldBy = (entry: WaitEntry | undefined, token: string): boolean =>
  entry?.state === 'serving' && entry.attempt?.token === token;

/** The queues that an entry stands in: one for each size in a partition. */
export const queuesOf = ({ wants }: Pick<WaitEntry, 'wants'>): readonly string[] =>
  wants.map(({ partitionId, sizeId }) => candidateKey(partitionId, sizeId));

/** Negative if `a` is ahead of `b`. */
export const compareEntries = (a: WaitEntry, b: WaitEntry): number =>
  a.number - b.number || (a.id < b.id ? -1 : a.id === b.id ? 0 : 1);

/** Puts an entry that has joined on the list. */
export const admitted = (entry: WaitEntry): WaitEntry =>
  entry.state === 'joining' ? { ...entry, state: 'waiting' } : entry;

/** Begins an attempt, which takes the entry away from an earlier one. An entry that is not open stays as it is. */
export const taken = (entry: WaitEntry, attempt: Attempt): WaitEntry =>
  isOpen(entry) ? { ...entry, state: 'serving', attempt } : entry;

/** Ends the attempt without a result. Nothing changes if another one has taken the entry over. */
export function returned(entry: WaitEntry, token: string, reason: string): WaitEntry {
  if (!isHeldBy(entry, token)) return entry;
  const { attempt: _, ...rest } = entry;
  return { ...rest, state: 'waiting', reason };
}

/** How an entry ends. */
export interface End extends Partial<Served> {
  readonly state: 'served' | 'expired' | 'cancelled' | 'failed';
  readonly reason?: string;
}

/** Ends the entry, which then no longer has the request with its secrets. One that is being served stays as it is. */
export const ended = (entry: WaitEntry, end: End, now: number): WaitEntry =>
  entry.state === 'joining' || entry.state === 'waiting' ? withEnd(entry, end, now) : entry;

/** Ends the entry for the attempt that has it. Nothing changes if another one has taken it over. */
export const endedBy = (entry: WaitEntry, token: string, end: End, now: number): WaitEntry =>
  isHeldBy(entry, token) ? withEnd(entry, end, now) : entry;

function withEnd({ attempt: _, ...entry }: WaitEntry, end: End, now: number): WaitEntry {
  return { ...entry, reason: '', ...end, request: '', ended: timestamp(now) };
}

/** What a decided bundle has allocated. */
export function servedBy({ machines, addresses }: Bundle): Served {
  const ofRole = (role: string): MachineId[] =>
    machines.flatMap((one) => (one.role === role && one.machineId !== undefined ? [one.machineId] : []));
  return { machines: ofRole('machine'), firewalls: ofRole('firewall'), ips: addresses.map(({ address }) => address) };
}
