import { DomainError, malformed, type ErrorKind } from '../../shared/errors/domain-error.js';
import { addressBits, parseAddressFamily, type AddressFamily } from '../../shared/net/family.js';
import { Prefix } from '../../shared/net/prefix.js';
import { familiesOf, prefixesOf, type ChildPrefixLengths } from './network.js';

/** Prefix lengths as a client writes them: the letter case of the families is not settled. */
export type RequestedLengths = Readonly<Record<string, number>>;

/**
 * Canonical texts of the prefixes of a request. Throws `kind` for what is no prefix, for IPv4 mapped into IPv6, and for host bits, which the
 * original kept in the record but not in its IPAM (reference/20 §0.5).
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
 * Lengths by address family. Throws `kind` for a key that is none, and `malformed` for what fits no byte. Whether an
 * address of the family has such a length is not asked here.
 */
export function readLengths(field: string, lengths: RequestedLengths, kind: ErrorKind): ChildPrefixLengths {
  const entries = Object.entries(lengths).map(([key, bits]): [AddressFamily, number] => {
    const family = parseAddressFamily(key);
    if (!family) throw new DomainError(kind, `${field}: "${key}" is no address family, expected IPv4 or IPv6`);
    if (bits < 0 || bits > 255) throw malformed(`${field}: ${bits} is no prefix length`);
    return [family, bits];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Each family of the destination prefixes must occur among the prefixes (reference/20 §2.2 step 7): `malformed`. */
export function checkDestinations(prefixes: readonly string[], destinations: readonly string[]): void {
  const families = familiesOf(prefixes);
  const foreign = destinations.find((text) => !families.includes(Prefix.parse(text).family));
  if (foreign)
    throw new DomainError(
      'malformed',
      `destinationprefixes: ${foreign} is of an address family that no prefix of the network has`,
    );
}

/**
 * The child lengths of a private super network must cover exactly the families of its prefixes, each longer than the
 * prefixes it is cut from. The original lets families without a prefix in, and then fails on every allocation
 * (reference/20 §9.2). Throws `kind`.
 */
export function checkChildLengths(prefixes: readonly string[], lengths: ChildPrefixLengths, kind: ErrorKind): void {
  const fail = (message: string): never => {
    throw new DomainError(kind, `defaultchildprefixlength: ${message}`);
  };
  const families = familiesOf(prefixes);
  for (const family of families) {
    const bits = lengths[family];
    if (bits === undefined) return fail(`missing for ${family}, of which the network has prefixes`);
    const short = prefixesOf(prefixes, family).find((text) => bits <= Prefix.parse(text).bits);
    if (short) return fail(`${bits} is not longer than the prefix ${short}`);
    const longest = addressBits(family);
    if (bits > longest) return fail(`${bits} is no ${family} prefix length, expected at most ${longest}`);
  }
  const unused = Object.keys(lengths).find((family) => !families.includes(family as AddressFamily));
  if (unused) fail(`given for ${unused}, of which the network has no prefix`);
}
