import { DomainError, invalid } from '../../shared/errors/domain-error.js';
import { addressBits } from '../../shared/net/family.js';
import { Prefix } from '../../shared/net/prefix.js';
import { FreeSpace } from './free-space.js';
import type { ChildLedger, ChildRequest, ChildSpace, LedgerEntry } from './ipam.js';

/** What the document of a child network says; `undefined` when there is none. */
export type OwnerStatus = 'creating' | 'active' | 'deleting' | undefined;

/** For how long it is remembered that prefixes were given back, after their owner is gone. In milliseconds. */
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
 * Takes one prefix per request for `owner`, all or none; by best fit in the first prefix of the family that has room.
 * Repeating it for the same owner returns the same ledger. Throws `invalid` naming what is free.
 */
export function takeChildren(
  ledger: ChildLedger,
  owner: string,
  requests: readonly ChildRequest[],
  now: number,
): ChildLedger {
  if (takenBy(ledger, owner)) return ledger;
  if (ledger.closed) throw invalid(`network "${ledger.id}" is being deleted and gives no more child prefixes`);
  const spaces = [...ledger.spaces];
  const prefixes = requests.map((request) => takeOne(spaces, ledger.id, request));
  return { ...ledger, spaces, journal: [...ledger.journal, { owner, what: 'taken', prefixes, at: iso(now) }] };
}

/** The prefixes that a journal entry says were taken for `owner`. */
export const takenBy = (ledger: ChildLedger, owner: string): readonly string[] | undefined =>
  entryOf(ledger, owner, 'taken')?.prefixes;

/**
 * Gives back what `owner` has: `prefixes` as its document says, or what the journal says when it was not stored there
 * yet. Repeating it has no effect, also when somebody else got the prefixes meanwhile.
 */
export function giveBackChildren(
  ledger: ChildLedger,
  owner: string,
  prefixes: readonly string[],
  now: number,
): ChildLedger {
  if (entryOf(ledger, owner, 'given-back')) return ledger;
  const back = takenBy(ledger, owner) ?? prefixes;
  if (back.length === 0) return ledger;
  const spaces = [...ledger.spaces];
  for (const prefix of back) giveBackOne(spaces, Prefix.parse(prefix));
  const others = ledger.journal.filter((entry) => entry.owner !== owner);
  return { ...ledger, spaces, journal: [...others, { owner, what: 'given-back', prefixes: back, at: iso(now) }] };
}

/** Drops the journal entries that the owners' own documents have made superfluous. */
export function settleJournal(ledger: ChildLedger, statusOf: (owner: string) => OwnerStatus, now: number): ChildLedger {
  const needed = (entry: LedgerEntry): boolean =>
    entry.what === 'taken'
      ? statusOf(entry.owner) !== 'active'
      : statusOf(entry.owner) !== undefined || now - Date.parse(entry.at) < REMEMBER;
  const journal = ledger.journal.filter(needed);
  return journal.length === ledger.journal.length ? ledger : { ...ledger, journal };
}

/** Changes which prefixes children are cut from. Throws `invalid` when a removed one still has children. */
export function changeSpaces(ledger: ChildLedger, added: readonly string[], removed: readonly string[]): ChildLedger {
  const gone = new Set(removed);
  const lost = ledger.spaces.find(({ prefix, children }) => gone.has(prefix) && children > 0);
  if (lost) throw invalid(`prefix ${lost.prefix} cannot be removed, ${lost.children} child prefixes are taken from it`);
  const kept = ledger.spaces.filter(({ prefix }) => !gone.has(prefix));
  const known = new Set(kept.map(({ prefix }) => prefix));
  return { ...ledger, spaces: [...kept, ...added.filter((prefix) => !known.has(prefix)).map(space)] };
}

/** Stops giving prefixes. Throws `invalid` while there are children. */
export function closeLedger(ledger: ChildLedger): ChildLedger {
  const used = childCount(ledger);
  if (used > 0) throw invalid(`network "${ledger.id}" still has ${used} child prefixes`);
  return ledger.closed ? ledger : { ...ledger, closed: true };
}

/** Child prefixes of all its spaces. */
export const childCount = (ledger: ChildLedger): number =>
  ledger.spaces.reduce((sum, { children }) => sum + children, 0);

/** Takes one prefix and updates `spaces` in place. */
function takeOne(spaces: ChildSpace[], networkId: string, { family, bits, from }: ChildRequest): string {
  const ofFamily = [...spaces.entries()].filter(([, { prefix }]) => Prefix.parse(prefix).family === family);
  const byPrefix = new Map(ofFamily.map((entry) => [entry[1].prefix, entry]));
  const candidates = from ? from.flatMap((prefix) => (byPrefix.has(prefix) ? [byPrefix.get(prefix)!] : [])) : ofFamily;
  for (const [position, { prefix, free, children }] of candidates) {
    const whole = Prefix.parse(prefix);
    // A child as large as its parent would leave nothing of the parent.
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
  if (spaces.length === 0) return invalid(`network "${networkId}" has no ${family} prefix to take a child prefix from`);
  const wholes = spaces.map(({ prefix }) => prefix).join(', ');
  const free = spaces.flatMap((candidate) => candidate.free);
  const left = free.length === 0 ? 'nothing' : free.slice(0, 8).join(', ') + (free.length > 8 ? ', …' : '');
  return invalid(
    `no ${family} child prefix of length ${bits} left in ${wholes} of network "${networkId}", free: ${left}`,
  );
}

/** Puts one prefix back and updates `spaces` in place. */
function giveBackOne(spaces: ChildSpace[], block: Prefix): void {
  const position = spaces.findIndex(({ prefix }) => Prefix.parse(prefix).containsPrefix(block));
  const found = spaces[position];
  if (!found) return;
  const room = FreeSpace.of(
    Prefix.parse(found.prefix),
    found.free.map((text) => Prefix.parse(text)),
  );
  room.giveBack(block);
  spaces[position] = { prefix: found.prefix, free: room.free().map(String), children: found.children - 1 };
}

const entryOf = (ledger: ChildLedger, owner: string, what: LedgerEntry['what']): LedgerEntry | undefined =>
  ledger.journal.find((entry) => entry.owner === owner && entry.what === what);

const iso = (time: number): string => new Date(time).toISOString();
