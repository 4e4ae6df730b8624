import type { Document } from '../../shared/document.js';
import { invalid } from '../../shared/errors/domain-error.js';
import { CidrSet } from '../../shared/net/cidr-set.js';
import type { AddressFamily } from '../../shared/net/family.js';
import { Prefix } from '../../shared/net/prefix.js';
import { firstOverlap, PrefixIndex } from '../../shared/net/prefix-index.js';
import { remembered } from '../../shared/remembered.js';

/** Consumption of prefixes (reference/20 §1.2). */
export interface Usage {
  readonly availableIps: number;
  readonly usedIps: number;
  readonly availablePrefixes: number;
  readonly usedPrefixes: number;
}

export const NO_USAGE: Usage = { availableIps: 0, usedIps: 0, availablePrefixes: 0, usedPrefixes: 0 };

/** Top-level prefixes of one network, and the names that only one network may hold at a time. */
export interface Reservation {
  /** Id of the owning network. */
  readonly owner: string;
  readonly prefixes: readonly string[];
  /** E.g. "the private super network of partition p". */
  readonly roles: readonly string[];
}

/** The one document in which it is decided which network has which top-level prefix (design D3: a ledger). */
export interface ReservationLedger extends Document {
  readonly reservations: readonly Reservation[];
}

/** Children of one prefix of a super network. */
export interface ChildSpace {
  readonly prefix: string;
  /** Blocks that are not handed out: fewest, ascending. */
  readonly free: readonly string[];
  /** Number of children. */
  readonly children: number;
}

/** Something that was taken or given back for a network whose own document does not say so yet. */
export interface LedgerEntry {
  /** Id of the child network. */
  readonly owner: string;
  readonly what: 'taken' | 'given-back';
  readonly prefixes: readonly string[];
  /** ISO time. */
  readonly at: string;
}

/**
 * The one document in which the children of a super network are decided; its id is that of the network. It holds the
 * free space, which stays small, instead of the children, which may be many: their own documents name their prefixes.
 * The journal covers the time between the two writes, so that both directions can be repeated after a crash.
 */
export interface ChildLedger extends Document {
  readonly spaces: readonly ChildSpace[];
  readonly journal: readonly LedgerEntry[];
  /** The super network is about to go: no more children. */
  readonly closed: boolean;
}

/**
 * The blocks that each owner has: as the documents of the children say, and the journal where the two writes of taking
 * or giving back are still apart.
 */
export function handedOut(
  journal: readonly LedgerEntry[],
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

/** What the spaces of these prefixes must be when exactly these blocks are handed out. */
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

/** What is asked of a super network: one child prefix per family. */
export interface ChildRequest {
  readonly family: AddressFamily;
  readonly bits: number;
  /**
   * The prefixes that the super network says it has, in the order in which they are to be tried; all when absent. The
   * ledger gets a new prefix first, which is not for children before the network has it: the change may yet fail.
   */
  readonly from?: readonly string[];
}

/** Highest number the original reports for addresses of one prefix and for blocks (reference/20 §1.2). */
const CAP = 2147483647n;

/** Addresses of a prefix that nobody can acquire: the first, and in IPv4 the last (reference/20 §8.2). */
export function reservedAddresses(prefix: Prefix): bigint[] {
  return prefix.family === 'IPv4' && prefix.size > 1n ? [prefix.first, prefix.last] : [prefix.first];
}

/** Throws `invalid` when two prefixes of one network overlap: what is in both would be handed out twice. */
export function refuseInnerOverlap(texts: readonly string[]): void {
  const clash = firstOverlap(texts.map((text) => Prefix.parse(text)));
  if (clash) throw invalid(`prefixes ${clash[0].toString()} and ${clash[1].toString()} overlap`);
}

/** Usage of one prefix with `acquired` addresses, `children` child prefixes, and this space left beside them. */
export function prefixUsage(prefix: Prefix, acquired: number, children: number, free: readonly Prefix[]): Usage {
  return {
    availableIps: Number(prefix.hostBits > 31 ? CAP : prefix.size),
    usedIps: reservedAddresses(prefix).length + acquired,
    availablePrefixes: smallBlocks(free),
    usedPrefixes: children,
  };
}

const spacesOf = remembered(
  ({ spaces }: ChildLedger): ReadonlyMap<string, ChildSpace> => new Map(spaces.map((space) => [space.prefix, space])),
);
const freeBlocks = remembered(({ free }: ChildSpace): readonly Prefix[] => free.map((block) => Prefix.parse(block)));

/** Usage of a prefix of a network with `acquired` addresses; `ledger` is that of a super network. */
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

/** How many blocks of four addresses fit; saturates where the original overflows (reference/20 §1.2). */
function smallBlocks(free: readonly Prefix[]): number {
  const total = free.reduce((sum, block) => sum + (block.hostBits < 2 ? 0n : block.size >> 2n), 0n);
  return Number(total > CAP ? CAP : total);
}
