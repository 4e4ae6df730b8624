/** Address family, spelled as on the wire (docs/reference/networks.md#address-families-and-prefixes). */
export type AddressFamily = 'IPv4' | 'IPv6';

/** Both families in the order of all lists. The order matters: clients use the first prefix as the node network. */
export const ADDRESS_FAMILIES: readonly AddressFamily[] = ['IPv4', 'IPv6'];

const BITS: Readonly<Record<AddressFamily, number>> = { IPv4: 32, IPv6: 128 };

/** Length of an address of the family, in bits. */
export const addressBits = (family: AddressFamily): number => BITS[family];

/**
 * Parses an address family in any letter case; `undefined` for other texts
 * (docs/reference/networks.md#address-families-and-prefixes).
 */
export function parseAddressFamily(text: string): AddressFamily | undefined {
  return ADDRESS_FAMILIES.find((family) => family.toLowerCase() === text.toLowerCase());
}
