import type { Document } from '../../shared/document.js';
import { invalid } from '../../shared/errors/domain-error.js';
import { CidrSet } from '../../shared/net/cidr-set.js';
import type { AddressFamily } from '../../shared/net/family.js';
import { Prefix } from '../../shared/net/prefix.js';
import { firstOverlap, PrefixIndex } from '../../shared/net/prefix-index.js';
import { memoizeByIdentity } from '../../shared/memoize-by-identity.js';

/** Consumption of prefixes (docs/reference/networks.md#usage). */
export interface Usage {
  readonly availableIps: number;
  readonly usedIps: number;
  readonly availablePrefixes: number;
  readonly usedPrefixes: number;
}

export const NO_USAGE: Usage = { availableIps: 0, usedIps: 0, availablePrefixes: 0, usedPrefixes: 0 };

/** Top-level prefixes of one network, and its exclusive roles: only one network can have a role at a time. */
export interface PrefixReservation {
  /** Id of the owning network. */
  readonly owner: string;
  readonly prefixes: readonly string[];
  /** E.g. "the private super network of partition p". */
  readonly roles: readonly string[];
}

/**
 * The single document that decides which network has which top-level prefix (docs/concepts/design.md#no-transactions: a
 * ledger).
 */
export interface PrefixLedger extends Document {
  readonly reservations: readonly PrefixReservation[];
}

/** Children of one prefix of a super network. */
export interface ChildSpace {
  readonly prefix: string;
  /** Free blocks: as few as possible, ascending. */
  readonly free: readonly string[];
  /** Number of children. */
  readonly children: number;
}

/** Prefixes acquired or released for a network whose own document does not show it yet. */
export interface ChildJournalEntry {
  /** Id of the child network. */
  readonly owner: string;
  readonly what: 'taken' | 'given-back';
  readonly prefixes: readonly string[];
  /** ISO time. */
  readonly at: string;
}

/**
 * The single document that decides the children of a super network; it has the network's ID. It stores the free space,
 * which stays small, instead of the children, which may be many: their own documents name their prefixes. The journal
 * covers the time between the two writes, so that acquiring and releasing can both be repeated after a crash.
 */
export interface ChildLedger extends Document {
  readonly spaces: readonly ChildSpace[];
  readonly journal: readonly ChildJournalEntry[];
  /** The super network is about to be deleted: no more children. */
  readonly closed: boolean;
}

/**
 * The blocks of each owner, according to the documents of the children, and to the journal where only one of the two
 * writes of an acquisition or release is done.
 */
export function allocatedBlocks(
  journal: readonly ChildJournalEntry[],
  children: Iterable<{ readonly id: string; readonly prefixes: readonly string[] }>,
): Map<string, readonly string[]> {
  const blocks = new Map<string, readonly string[]>();
  for (const { id, prefixes } of children) if (prefixes.length > 0) blocks.set(id, prefixes);
  for (const { owner, what, prefixes } of journal) {
    if (what === 'taken') blocks.set(owner, prefixes);
    else blocks.delete(owner);
  }
  return blocks;
}

/** The spaces of these prefixes if exactly these blocks are allocated. */
export function spacesWithout(prefixes: readonly string[], blocks: readonly string[]): ChildSpace[] {
  const index = new PrefixIndex<Prefix[]>();
  const wholes = prefixes.map((prefix) => ({ prefix, whole: Prefix.parse(prefix), inside: [] as Prefix[] }));
  for (const { whole, inside } of wholes) index.add(whole, inside);
  for (const block of blocks.map((text) => Prefix.parse(text))) {
    for (const inside of index.containing(block)) inside.push(block);
  }
  return wholes.map(({ prefix, whole, inside }) => {
    const free = CidrSet.of([whole]).subtract(CidrSet.of(inside)).prefixes();
    return { prefix, free: free.map(String), children: inside.length };
  });
}

/** A request for one child prefix of a family. */
export interface ChildRequest {
  readonly family: AddressFamily;
  readonly bits: number;
  /**
   * The prefixes of the super network, in the order in which they are tried; defaults to all. A new prefix is added to
   * the ledger before the network has it, and must not be used for children until then, because the change may still
   * fail.
   */
  readonly from?: readonly string[];
}

/** Maximum that the original reports for addresses of one prefix and for blocks (docs/reference/networks.md#usage). */
const CAP = 2147483647n;

/**
 * Addresses of a prefix that cannot be acquired: the first one, and for IPv4 the last one
 * (docs/reference/ipam.md#reserved-addresses).
 */
export function reservedAddresses(prefix: Prefix): bigint[] {
  return prefix.family === 'IPv4' && prefix.size > 1n ? [prefix.first, prefix.last] : [prefix.first];
}

/** Throws `invalid` if two prefixes of one network overlap: their common part would be allocated twice. */
export function assertDisjoint(texts: readonly string[]): void {
  const clash = firstOverlap(texts.map((text) => Prefix.parse(text)));
  if (clash) throw invalid(`prefixes ${clash[0].toString()} and ${clash[1].toString()} overlap`);
}

/**
 * Usage of one prefix with `acquired` addresses and `children` child prefixes; `free` is the space not taken by
 * children.
 */
export function prefixUsage(prefix: Prefix, acquired: number, children: number, free: readonly Prefix[]): Usage {
  return {
    availableIps: Number(prefix.hostBits > 31 ? CAP : prefix.size),
    usedIps: reservedAddresses(prefix).length + acquired,
    availablePrefixes: smallBlocks(free),
    usedPrefixes: children,
  };
}

const spacesOf = memoizeByIdentity(
  ({ spaces }: ChildLedger): ReadonlyMap<string, ChildSpace> => new Map(spaces.map((space) => [space.prefix, space])),
);
const freeBlocks = memoizeByIdentity(({ free }: ChildSpace): readonly Prefix[] =>
  free.map((block) => Prefix.parse(block)),
);

/** Usage of a prefix of a network with `acquired` addresses; `ledger` is given for a super network. */
export function usageOf(text: string, acquired: number, ledger: ChildLedger | undefined): Usage {
  const prefix = Prefix.parse(text);
  const space = ledger && spacesOf(ledger).get(text);
  return prefixUsage(prefix, acquired, space?.children ?? 0, space ? freeBlocks(space) : [prefix]);
}

export const sumUsage = (a: Usage, b: Usage): Usage => ({
  availableIps: a.availableIps + b.availableIps,
  usedIps: a.usedIps + b.usedIps,
  availablePrefixes: a.availablePrefixes + b.availablePrefixes,
  usedPrefixes: a.usedPrefixes + b.usedPrefixes,
});

/**
 * Number of free blocks of four addresses; saturates where the original overflows (docs/reference/networks.md#usage).
 */
function smallBlocks(free: readonly Prefix[]): number {
  const total = free.reduce((sum, block) => sum + (block.hostBits < 2 ? 0n : block.size >> 2n), 0n);
  return Number(total > CAP ? CAP : total);
}
