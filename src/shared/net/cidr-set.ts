import { ADDRESS_FAMILIES, addressBits, type AddressFamily } from './family.js';
import { Ip } from './ip.js';
import { edited } from '../edited.js';
import { Prefix } from './prefix.js';

/** Closed interval of address numbers. */
interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

type Ranges = Readonly<Record<AddressFamily, readonly Range[]>>;

/** An immutable set of addresses of both families, built from prefixes. */
export class CidrSet {
  private constructor(private readonly ranges: Ranges) {}

  static of(prefixes: Iterable<Prefix>): CidrSet {
    const ranges: Record<AddressFamily, Range[]> = { IPv4: [], IPv6: [] };
    for (const prefix of prefixes) ranges[prefix.family].push({ first: prefix.first, last: prefix.last });
    return new CidrSet({ IPv4: merge(ranges.IPv4), IPv6: merge(ranges.IPv6) });
  }

  /** Returns the addresses of this set that are not in `other`. */
  subtract(other: CidrSet): CidrSet {
    const rest = (family: AddressFamily): Range[] => cut(this.ranges[family], other.ranges[family]);
    return new CidrSet({ IPv4: rest('IPv4'), IPv6: rest('IPv6') });
  }

  /** Returns the addresses of this set and those of `other`. */
  union(other: CidrSet): CidrSet {
    const all = (family: AddressFamily): Range[] => merge([...this.ranges[family], ...other.ranges[family]]);
    return new CidrSet({ IPv4: all('IPv4'), IPv6: all('IPv6') });
  }

  /** Returns the ranges of this set, as a whole, that have an address of `other` in them or next to them. */
  near(other: CidrSet): CidrSet {
    const some = (family: AddressFamily): Range[] => neighbors(this.ranges[family], other.ranges[family]);
    return new CidrSet({ IPv4: some('IPv4'), IPv6: some('IPv6') });
  }

  /** Returns this set with `next` in place of `part`. `part` is `near` something, and `next` not near the rest. */
  replace(part: CidrSet, next: CidrSet): CidrSet {
    const edit = (family: AddressFamily): Range[] =>
      edited(this.ranges[family], part.ranges[family], next.ranges[family], ({ first }) => first);
    return new CidrSet({ IPv4: edit('IPv4'), IPv6: edit('IPv6') });
  }

  has(ip: Ip): boolean {
    const ranges = this.ranges[ip.family];
    const range = ranges[firstThatEndsAt(ranges, ip.value)];
    return range !== undefined && range.first <= ip.value;
  }

  get isEmpty(): boolean {
    return this.ranges.IPv4.length === 0 && this.ranges.IPv6.length === 0;
  }

  /** Returns the shortest list of prefixes that covers exactly this set, IPv4 first, then by address. */
  prefixes(): Prefix[] {
    return ADDRESS_FAMILIES.flatMap((family) => this.ranges[family].flatMap((range) => blocks(family, range)));
  }
}

/** Position of the first range that ends at `value` or later. */
function firstThatEndsAt(ranges: readonly Range[], value: bigint): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.last < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The ranges of `from` that overlap or adjoin one of `others`; both must be sorted and disjoint. */
function neighbors(from: readonly Range[], others: readonly Range[]): Range[] {
  const found: Range[] = [];
  let next = 0;
  for (const { first, last } of others) {
    next = Math.max(next, firstThatEndsAt(from, first - 1n));
    while (next < from.length && from[next]!.first <= last + 1n) found.push(from[next++]!);
  }
  return found;
}

/** Merges ranges into sorted, disjoint, non-adjacent ones. */
function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const before = merged.at(-1);
    if (!before || range.first > before.last + 1n) merged.push(range);
    else if (range.last > before.last) merged[merged.length - 1] = { first: before.first, last: range.last };
  }
  return merged;
}

/** Subtracts `holes` from `from`; both must be sorted and disjoint. */
function cut(from: readonly Range[], holes: readonly Range[]): Range[] {
  const rest: Range[] = [];
  let next = 0;
  for (const range of from) {
    let first = range.first;
    while (next < holes.length && (holes[next] as Range).last < first) next += 1;
    for (let i = next; i < holes.length && (holes[i] as Range).first <= range.last; i += 1) {
      const hole = holes[i] as Range;
      if (hole.first > first) rest.push({ first, last: hole.first - 1n });
      first = hole.last + 1n;
    }
    if (first <= range.last) rest.push({ first, last: range.last });
  }
  return rest;
}

/** Splits a range into the fewest aligned blocks, ascending. */
function blocks(family: AddressFamily, range: Range): Prefix[] {
  const width = addressBits(family);
  const result: Prefix[] = [];
  for (let first = range.first; first <= range.last;) {
    let hostBits = 0;
    while (hostBits < width && fits(first, hostBits + 1, range.last)) hostBits += 1;
    result.push(Prefix.of(Ip.of(family, first), width - hostBits));
    first += 1n << BigInt(hostBits);
  }
  return result;
}

const fits = (first: bigint, hostBits: number, last: bigint): boolean => {
  const size = 1n << BigInt(hostBits);
  return first % size === 0n && first + size - 1n <= last;
};
