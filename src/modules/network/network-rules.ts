import { quoteText } from '../../shared/text.js';
import { DomainError, malformed, type ErrorKind } from '../../shared/errors/domain-error.js';
import { addressBits, parseAddressFamily, type AddressFamily } from '../../shared/net/family.js';
import { Prefix } from '../../shared/net/prefix.js';
import { familiesOf, prefixesOf, type ChildPrefixLengths } from './network.js';

/** Prefix lengths as sent by a client: families in any letter case. */
export type RequestedLengths = Readonly<Record<string, number>>;

/**
 * Returns the canonical texts of the prefixes in a request. Throws `kind` for an invalid prefix, for an IPv4-mapped
 * IPv6 prefix, and for host bits, which the original kept in the record but not in its IPAM
 * (docs/reference/networks.md#address-families-and-prefixes).
 */
export function readPrefixes(field: string, texts: readonly string[], kind: ErrorKind): string[] {
  return texts.map((text) => {
    const problem = Prefix.problem(text);
    if (problem) throw new DomainError(kind, `${field}: ${problem}`);
    const prefix = Prefix.parse(text);
    if (prefix.hostBitsSet)
      throw new DomainError(kind, `${field}: ${text} has host bits set, did you mean ${prefix.masked().toString()}?`);
    return prefix.toString();
  });
}

/**
 * Returns the lengths by address family. Throws `kind` for a key that is not an address family, and `malformed` for a
 * length that does not fit into a byte. Does not check whether the length is valid for the family.
 */
export function readLengths(field: string, lengths: RequestedLengths, kind: ErrorKind): ChildPrefixLengths {
  const entries = Object.entries(lengths).map(([key, bits]): [AddressFamily, number] => {
    const family = parseAddressFamily(key);
    if (!family)
      throw new DomainError(kind, `${field}: ${quoteText(key, 60)} is not an address family, expected IPv4 or IPv6`);
    if (bits < 0 || bits > 255) throw malformed(`${field}: ${bits} is not a prefix length`);
    return [family, bits];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Every address family of the destination prefixes must occur among the prefixes
 * (docs/reference/networks.md#create-a-network step 7). Throws `malformed`.
 */
export function checkDestinations(prefixes: readonly string[], destinations: readonly string[]): void {
  const families = familiesOf(prefixes);
  const foreign = destinations.find((text) => !families.includes(Prefix.parse(text).family));
  if (foreign)
    throw new DomainError(
      'malformed',
      `destinationprefixes: the network has no prefix of the address family of ${foreign}`,
    );
}

/**
 * The child prefix lengths of a private super network must cover exactly the address families of its prefixes, and each
 * must be longer than the prefixes that children are cut from. The original accepts families without a prefix and then
 * fails on every allocation (docs/reference/networks.md#child-prefix-lengths). Throws `kind`.
 */
export function checkChildLengths(prefixes: readonly string[], lengths: ChildPrefixLengths, kind: ErrorKind): void {
  const fail = (message: string): never => {
    throw new DomainError(kind, `defaultchildprefixlength: ${message}`);
  };
  const families = familiesOf(prefixes);
  for (const family of families) {
    const bits = lengths[family];
    if (bits === undefined) return fail(`missing for ${family}, but the network has ${family} prefixes`);
    const short = prefixesOf(prefixes, family).find((text) => bits <= Prefix.parse(text).bits);
    if (short) return fail(`${bits} is not longer than the prefix ${short}`);
    const longest = addressBits(family);
    if (bits > longest) return fail(`${bits} is not an ${family} prefix length, expected at most ${longest}`);
  }
  const unused = Object.keys(lengths).find((family) => !families.includes(family as AddressFamily));
  if (unused) fail(`given for ${unused}, but the network has no ${unused} prefix`);
}
