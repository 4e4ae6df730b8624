import type { AddressFamily } from './family.js';
import type { Prefix } from './prefix.js';

/**
 * Finds the prefixes that contain a given one, without looking at all of them: one look-up for each length that occurs.
 * Of several equal prefixes the first one counts.
 */
export class PrefixIndex<T> {
  private readonly lengths: Record<AddressFamily, Map<number, Map<bigint, T>>> = { IPv4: new Map(), IPv6: new Map() };

  /** False when the same prefix is there already. */
  add(prefix: Prefix, value: T): boolean {
    const lengths = this.lengths[prefix.family];
    let values = lengths.get(prefix.bits);
    if (!values) lengths.set(prefix.bits, (values = new Map<bigint, T>()));
    if (values.has(prefix.first)) return false;
    values.set(prefix.first, value);
    return true;
  }

  /** The values of all prefixes that contain this one, an equal one included. */
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
 * The first prefix of a list that overlaps an earlier one, and the earliest that it overlaps. Two prefixes overlap only
 * when one contains the other. Linear in the length of the list.
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

/** Position of the first prefix of `wanted` that overlaps one of `taken`; undefined when none does. */
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
