/** Address family as it stands on the wire (reference/20 §0.5). */
export type AddressFamily = 'IPv4' | 'IPv6';

/** Both families in the order in which this system lists them: clients take the first prefix as the node network. */
export const ADDRESS_FAMILIES: readonly AddressFamily[] = ['IPv4', 'IPv6'];

const BITS: Readonly<Record<AddressFamily, number>> = { IPv4: 32, IPv6: 128 };

/** Length of an address of the family, in bits. */
export const addressBits = (family: AddressFamily): number => BITS[family];

/** Reads a family in any letter case; `undefined` when it is none (reference/20 §0.5). */
export function parseAddressFamily(text: string): AddressFamily | undefined {
  return ADDRESS_FAMILIES.find((family) => family.toLowerCase() === text.toLowerCase());
}
