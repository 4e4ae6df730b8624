import { jsonPiecesOf } from '../../platform/http/wire/json.js';
import { covers } from './watch.js';
import type { Position, Scope, Selection, Sight } from './watch.js';

/** Maximum number of removed objects kept for readers that have not received the removal; the oldest are dropped. */
const MAX_REMOVED = 10_000;

/** Former scopes of an object that are kept. */
const MAX_DEPARTURES = 8;

interface Departure {
  readonly scope: Scope;
  readonly seq: number;
}

/** The newest state of one object, and where it was before. */
export interface Entry {
  readonly kind: string;
  readonly id: string;
  /** Number of its last change. */
  seq: number;
  /** Undefined when it is gone. */
  sight: Sight | undefined;
  /** Scopes that it left, the newest last. */
  readonly departures: Departure[];
  /** When it left the newest scope that is no longer among them. */
  forgotten: number;
}

interface Item {
  readonly seq: number;
  readonly entry: Entry;
}

/**
 * The newest state of every watched object in the order of the last changes. A reader is a number in this order, so
 * readers cost no memory however slow they are, and a state that was superseded is never delivered. Changes are numbered
 * from 1 and never renumbered.
 */
export class ChangeLog {
  /** Ordered by number; an item whose entry has a newer number is void. */
  private items: Item[] = [];
  private removed: Item[] = [];
  private readonly entries = new Map<string, Map<string, Entry>>();
  /** By kind: readers before this number have missed something. */
  private readonly floors = new Map<string, number>();
  private floor = 0;
  private seq = 0;

  /** Number of the newest change. */
  get last(): number {
    return this.seq;
  }

  /** Ids of a kind that readers may know. */
  ids(kind: string): Iterable<string> {
    return this.entries.get(kind)?.keys() ?? [];
  }

  /** Takes over the state of an object, undefined for none; a state that reads the same as before is no change. */
  record(kind: string, id: string, sight: Sight | undefined): void {
    const before = this.entries.get(kind)?.get(id);
    if (!before?.sight && !sight) return;
    if (before?.sight && sight && isSame(before.sight, sight)) {
      before.sight = sight;
      return;
    }
    const entry = before ?? this.newEntry(kind, id);
    entry.seq = ++this.seq;
    if (entry.sight && !(sight && sameScope(entry.sight.scope, sight.scope))) this.depart(entry, entry.sight.scope);
    entry.sight = sight;
    const item = { seq: this.seq, entry };
    this.items.push(item);
    if (!sight) this.bury(item);
    this.compact();
  }

  /** Forgets a kind; its readers will have missed something. */
  drop(kind: string): void {
    this.floors.set(kind, ++this.seq);
    this.entries.delete(kind);
    this.items = this.items.filter(({ entry }) => entry.kind !== kind);
    this.removed = this.removed.filter(({ entry }) => entry.kind !== kind);
  }

  /** Whether the log no longer has everything that a reader lacks. */
  misses({ kinds }: Selection, { since, at }: Position): boolean {
    if (at === 0) return false;
    const floor = Math.max(this.floor, ...[...kinds].map((kind) => this.floors.get(kind) ?? 0));
    return at > this.seq || since > this.seq || (at < floor && since < floor);
  }

  /** Entries that changed after `at`, in the order of their changes; not to be used after the next change. */
  *after(at: number): Generator<Entry> {
    const { items } = this;
    for (let index = firstAfter(items, at); index < items.length; index++) {
      const { seq, entry } = items[index]!;
      if (seq === entry.seq) yield entry;
    }
  }

  private newEntry(kind: string, id: string): Entry {
    const entry: Entry = { kind, id, seq: 0, sight: undefined, departures: [], forgotten: 0 };
    const ofKind = this.entries.get(kind);
    if (ofKind) ofKind.set(id, entry);
    else this.entries.set(kind, new Map([[id, entry]]));
    return entry;
  }

  private depart(entry: Entry, scope: Scope): void {
    const at = entry.departures.findIndex((known) => sameScope(known.scope, scope));
    if (at >= 0) entry.departures.splice(at, 1);
    entry.departures.push({ scope, seq: entry.seq });
    if (entry.departures.length > MAX_DEPARTURES) entry.forgotten = entry.departures.shift()!.seq;
  }

  private bury(item: Item): void {
    this.removed.push(item);
    if (this.removed.length <= 2 * MAX_REMOVED) return;
    for (const { seq, entry } of this.removed.splice(0, this.removed.length - MAX_REMOVED)) {
      if (entry.seq !== seq) continue;
      this.floor = seq;
      this.entries.get(entry.kind)?.delete(entry.id);
      entry.seq = 0; // voids its item
    }
  }

  /** Drops void items when they are the majority, so that each change costs the same on average. */
  private compact(): void {
    let known = 0;
    for (const entries of this.entries.values()) known += entries.size;
    if (this.items.length > 2 * known + 1024) this.items = this.items.filter(({ seq, entry }) => seq === entry.seq);
  }
}

/** What a reader at `position` has to receive of an entry that changed after it; undefined for nothing. */
export function newsOf(entry: Entry, selection: Selection, { since }: Position): 'put' | 'removed' | undefined {
  if (!selection.kinds.has(entry.kind)) return undefined;
  if (entry.sight && covers(selection, entry.sight.scope)) return 'put';
  const left = entry.departures.some(({ scope, seq }) => seq > since && covers(selection, scope));
  return left || entry.forgotten > since ? 'removed' : undefined;
}

const sameScope = (a: Scope, b: Scope): boolean => a.project === b.project && a.partition === b.partition;

function isSame(a: Sight, b: Sight): boolean {
  if (!sameScope(a.scope, b.scope)) return false;
  return a.object === b.object || jsonPiecesOf(a.object).toString() === jsonPiecesOf(b.object).toString();
}

function firstAfter(items: readonly Item[], at: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]!.seq > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
