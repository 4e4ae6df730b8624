import { pluralize } from '../../shared/text.js';
import type { DomainError } from '../../shared/errors/domain-error.js';
import { invalid } from '../../shared/errors/domain-error.js';
import { addressBits } from '../../shared/net/family.js';
import { Prefix } from '../../shared/net/prefix.js';
import { FreeSpace } from './free-space.js';
import type { ChildLedger, ChildRequest, ChildSpace, ChildJournalEntry } from './ipam.js';

/** State of a child network according to its document; `undefined` if there is none. */
export type OwnerStatus = 'creating' | 'active' | 'deleting' | undefined;

/** Time for which released prefixes stay in the journal after their owner is gone, in milliseconds. */
const REMEMBER = 60_000;

const space = (prefix: string): ChildSpace => ({ prefix, free: [prefix], children: 0 });

/** A ledger without children for a new super network. */
export const newChildLedger = (networkId: string, prefixes: readonly string[]): Omit<ChildLedger, 'revision'> => ({
  id: networkId,
  spaces: prefixes.map(space),
  journal: [],
  closed: false,
});

/**
 * Acquires one prefix per request for `owner`, all or nothing; by best fit in the first prefix of the family with enough
 * space. Repeating it for the same owner returns the same ledger. Throws `invalid`, naming the free space.
 */
export function acquireChildren(
  ledger: ChildLedger,
  owner: string,
  requests: readonly ChildRequest[],
  now: number,
): ChildLedger {
  if (journaledPrefixes(ledger, owner)) return ledger;
  if (ledger.closed)
    throw invalid(`network "${ledger.id}" is being deleted, no child prefixes can be allocated from it`);
  const spaces = [...ledger.spaces];
  const prefixes = requests.map((request) => takeOne(spaces, ledger.id, request));
  return { ...ledger, spaces, journal: [...ledger.journal, { owner, what: 'taken', prefixes, at: iso(now) }] };
}

/** The prefixes that were acquired for `owner` according to the journal. */
export const journaledPrefixes = (ledger: ChildLedger, owner: string): readonly string[] | undefined =>
  entryOf(ledger, owner, 'taken')?.prefixes;

/**
 * Releases the prefixes of `owner`: `prefixes` according to its document, or those in the journal if the document does
 * not have them yet. Idempotent, even if the prefixes have been acquired by another owner since.
 */
export function releaseChildren(
  ledger: ChildLedger,
  owner: string,
  prefixes: readonly string[],
  now: number,
): ChildLedger {
  if (entryOf(ledger, owner, 'given-back')) return ledger;
  const back = journaledPrefixes(ledger, owner) ?? prefixes;
  if (back.length === 0) return ledger;
  const spaces = [...ledger.spaces];
  for (const prefix of back) releaseOne(spaces, Prefix.parse(prefix));
  const others = ledger.journal.filter((entry) => entry.owner !== owner);
  return { ...ledger, spaces, journal: [...others, { owner, what: 'given-back', prefixes: back, at: iso(now) }] };
}

/** Drops journal entries that the owners' own documents have made obsolete. */
export function settleJournal(ledger: ChildLedger, statusOf: (owner: string) => OwnerStatus, now: number): ChildLedger {
  const needed = (entry: ChildJournalEntry): boolean =>
    entry.what === 'taken'
      ? statusOf(entry.owner) !== 'active'
      : statusOf(entry.owner) !== undefined || now - Date.parse(entry.at) < REMEMBER;
  const journal = ledger.journal.filter(needed);
  return journal.length === ledger.journal.length ? ledger : { ...ledger, journal };
}

/** Changes the prefixes that children are cut from. Throws `invalid` if a removed prefix has children. */
export function changeSpaces(ledger: ChildLedger, added: readonly string[], removed: readonly string[]): ChildLedger {
  const gone = new Set(removed);
  const lost = ledger.spaces.find(({ prefix, children }) => gone.has(prefix) && children > 0);
  if (lost)
    throw invalid(
      `prefix ${lost.prefix} cannot be removed: ${pluralize(lost.children, 'child prefix is', 'child prefixes are')} allocated from it`,
    );
  const kept = ledger.spaces.filter(({ prefix }) => !gone.has(prefix));
  const known = new Set(kept.map(({ prefix }) => prefix));
  return { ...ledger, spaces: [...kept, ...added.filter((prefix) => !known.has(prefix)).map(space)] };
}

/** Closes the ledger: no more children. Throws `invalid` while there are children. */
export function closeLedger(ledger: ChildLedger): ChildLedger {
  const used = childCount(ledger);
  if (used > 0) throw invalid(`network "${ledger.id}" still has ${pluralize(used, 'child prefix', 'child prefixes')}`);
  return ledger.closed ? ledger : { ...ledger, closed: true };
}

/** Number of child prefixes in all spaces of the ledger. */
export const childCount = (ledger: ChildLedger): number =>
  ledger.spaces.reduce((sum, { children }) => sum + children, 0);

/** Acquires one prefix and updates `spaces` in place. */
function takeOne(spaces: ChildSpace[], networkId: string, { family, bits, from }: ChildRequest): string {
  const ofFamily = [...spaces.entries()].filter(([, { prefix }]) => Prefix.parse(prefix).family === family);
  const byPrefix = new Map(ofFamily.map((entry) => [entry[1].prefix, entry]));
  const candidates = from ? from.flatMap((prefix) => (byPrefix.has(prefix) ? [byPrefix.get(prefix)!] : [])) : ofFamily;
  for (const [position, { prefix, free, children }] of candidates) {
    const whole = Prefix.parse(prefix);
    // A child as large as its parent would use up the parent.
    if (bits <= whole.bits || bits > addressBits(family)) continue;
    const room = FreeSpace.of(
      whole,
      free.map((text) => Prefix.parse(text)),
    );
    const block = room.take(bits);
    if (!block) continue;
    spaces[position] = { prefix, free: room.free().map(String), children: children + 1 };
    return block.toString();
  }
  throw noRoom(
    networkId,
    family,
    bits,
    candidates.map(([, candidate]) => candidate),
  );
}

function noRoom(networkId: string, family: string, bits: number, spaces: readonly ChildSpace[]): DomainError {
  if (spaces.length === 0)
    return invalid(`network "${networkId}" has no ${family} prefix to allocate a child prefix from`);
  const wholes = spaces.map(({ prefix }) => prefix).join(', ');
  const free = spaces.flatMap((candidate) => candidate.free);
  const left = free.length === 0 ? 'nothing' : free.slice(0, 8).join(', ') + (free.length > 8 ? ', …' : '');
  return invalid(
    `no free ${family} child prefix of length ${bits} in ${wholes} of network "${networkId}", free: ${left}`,
  );
}

/** Releases one prefix and updates `spaces` in place. */
function releaseOne(spaces: ChildSpace[], block: Prefix): void {
  const position = spaces.findIndex(({ prefix }) => Prefix.parse(prefix).containsPrefix(block));
  const found = spaces[position];
  if (!found) return;
  const room = FreeSpace.of(
    Prefix.parse(found.prefix),
    found.free.map((text) => Prefix.parse(text)),
  );
  room.release(block);
  spaces[position] = { prefix: found.prefix, free: room.free().map(String), children: found.children - 1 };
}

const entryOf = (ledger: ChildLedger, owner: string, what: ChildJournalEntry['what']): ChildJournalEntry | undefined =>
  ledger.journal.find((entry) => entry.owner === owner && entry.what === what);

const iso = (time: number): string => new Date(time).toISOString();
