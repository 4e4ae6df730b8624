/** UUIDs and MAC addresses have one internal spelling: lower case, with the usual separators. */

const UUID = /^(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;

/**
 * Converts a UUID to the spelling of RFC 9562. Accepts any letter case, with or without dashes, braces or `urn:uuid:`,
 * as firmware and BMCs write it. Returns any other text unchanged.
 */
export function canonicalUuid(text: string): string {
  if (CANONICAL_UUID.test(text)) return text;
  const parts = UUID.exec(text);
  return parts ? parts.slice(1).join('-').toLowerCase() : text;
}

/** Most texts are in canonical form already: to find that out is cheaper than to make an equal text, and costs no memory. */
const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CANONICAL_MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/** Whether the text is a UUID, in any of the spellings that `canonicalUuid` accepts. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** Lengths of MAC addresses in bytes: Ethernet, EUI-64, InfiniBand. */
const MAC_BYTES: readonly number[] = [6, 8, 20];

/** Octets with one separator throughout, groups of four digits with dots, or twelve digits with none. */
const MAC = /^(?:[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2})*|[0-9a-f]{4}(?:\.[0-9a-f]{4})+|[0-9a-f]{12})$/i;

/**
 * Converts a MAC address to the form `aa:bb:cc:dd:ee:ff`. Accepts any letter case, dashes, dots (`aabb.ccdd.eeff`) or
 * no separators. Returns any other text unchanged.
 */
export function canonicalMac(text: string): string {
  if (CANONICAL_MAC.test(text)) return text;
  if (text.length > 3 * 20 || !MAC.test(text)) return text;
  const digits = text.toLowerCase().replace(/[:.-]/g, '');
  return MAC_BYTES.includes(digits.length / 2) ? digits.match(/../g)!.join(':') : text;
}
