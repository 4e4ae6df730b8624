import { edited } from '../edited.js';
import { CidrSet } from './cidr-set.js';
import type { Ip } from './ip.js';
import type { Prefix } from './prefix.js';

const asText = (text: string): string => text;

/** The prefixes of the set as texts, in their order as texts. */
const textsOf = (set: CidrSet): string[] => set.prefixes().map(String).sort();

/**
 * A set of addresses with the shortest list of prefixes that covers exactly it, ordered as texts. Immutable; a set that differs
 * in a few places is made by changing the list there.
 */
export class PrefixList {
  static readonly EMPTY = PrefixList.of([]);

  private constructor(
    private readonly set: CidrSet,
    readonly texts: readonly string[],
  ) {}

  static of(prefixes: Iterable<Prefix>): PrefixList {
    const set = CidrSet.of(prefixes);
    return new PrefixList(set, textsOf(set));
  }

  /** This set without `removed`, and then with `added`. */
  changed(removed: CidrSet, added: CidrSet): PrefixList {
    // The rest neither overlaps nor adjoins what changes, so its prefixes stay as they are.
    const before = this.set.near(removed.union(added));
    const after = before.subtract(removed).union(added);
    const texts = edited(this.texts, textsOf(before), textsOf(after), asText);
    return new PrefixList(this.set.replace(before, after), texts);
  }

  has(ip: Ip): boolean {
    return this.set.has(ip);
  }

  get isEmpty(): boolean {
    return this.set.isEmpty;
  }
}
