import type { AddressFamily } from './family.js';
import type { Prefix } from './prefix.js';

/**
 * Finds the prefixes that contain a given one, with one look-up per prefix length that occurs. If equal prefixes are
 * added, the first one counts.
 */
export class PrefixIndex<T> {
  private readonly lengths: Record<AddressFamily, Map<number, Map<bigint, T>>> = { IPv4: new Map(), IPv6: new Map() };

  /** Adds a prefix; returns false, without effect, if the index already contains it. */
  add(prefix: Prefix, value: T): boolean {
    const lengths = this.lengths[prefix.family];
    let values = lengths.get(prefix.bits);
    if (!values) lengths.set(prefix.bits, (values = new Map<bigint, T>()));
    if (values.has(prefix.first)) return false;
    values.set(prefix.first, value);
    return true;
  }

  /** Yields the values of all prefixes that contain this one, including an equal one. */
  *containing(prefix: Prefix): Iterable<T> {
    const { ip, family, hostBits } = prefix;
    for (const [bits, values] of this.lengths[family]) {
      if (bits > prefix.bits) continue;
      const below = BigInt(hostBits + prefix.bits - bits);
      const value = values.get((ip.value >> below) << below);
      if (value !== undefined) yield value;
    }
  }
}

/**
 * Returns the first prefix of a list that overlaps an earlier one, and the earliest that it overlaps. Two prefixes
 * overlap only if one contains the other. Takes time linear in the length of the list.
 */
export function firstOverlap(prefixes: readonly Prefix[]): readonly [earlier: Prefix, later: Prefix] | undefined {
  const index = new PrefixIndex<number>();
  let first = Infinity;
  for (const [position, prefix] of prefixes.entries()) {
    if (!index.add(prefix, position)) first = Math.min(first, position);
  }
  for (const [position, prefix] of prefixes.entries()) {
    for (const other of index.containing(prefix)) {
      if (other !== position) first = Math.min(first, Math.max(other, position));
    }
  }
  const later = prefixes[first];
  const earlier = later && prefixes.slice(0, first).find((prefix) => prefix.overlaps(later));
  return earlier && [earlier, later];
}

/** Returns the position of the first prefix of `wanted` that overlaps one of `taken`; undefined if none does. */
export function firstOverlapping(wanted: readonly Prefix[], taken: readonly Prefix[]): number | undefined {
  const [ofWanted, ofTaken] = [new PrefixIndex<number>(), new PrefixIndex<true>()];
  wanted.forEach((prefix, position) => ofWanted.add(prefix, position));
  let first = Infinity;
  for (const prefix of taken) {
    ofTaken.add(prefix, true);
    for (const position of ofWanted.containing(prefix)) first = Math.min(first, position);
  }
  for (const [position, prefix] of wanted.entries()) {
    if (position >= first) break;
    for (const _ of ofTaken.containing(prefix)) first = Math.min(first, position);
  }
  return first === Infinity ? undefined : first;
}
