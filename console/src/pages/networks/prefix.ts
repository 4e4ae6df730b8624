export type Family = 'IPv4' | 'IPv6';

/** A prefix, or a single address as the longest one. */
export interface Prefix {
  readonly family: Family;
  readonly base: bigint;
  readonly length: number;
}

export const bitsOf = (family: Family): number => (family === 'IPv4' ? 32 : 128);

export const lastOf = ({ family, base, length }: Prefix): bigint => base + (1n << BigInt(bitsOf(family) - length)) - 1n;

export const contains = (outer: Prefix, inner: Prefix): boolean =>
  outer.family === inner.family && inner.base >= outer.base && lastOf(inner) <= lastOf(outer);

/** Reads `10.0.0.0/8`, `2001:db8::/32` or an address, as the server writes them; undefined for anything else. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', length] = text.split('/');
  const family: Family = address.includes(':') ? 'IPv6' : 'IPv4';
  const base = family === 'IPv6' ? parseIPv6(address) : parseIPv4(address);
  const number = length === undefined ? bitsOf(family) : Number(length);
  if (base === undefined || !Number.isInteger(number) || number < 0 || number > bitsOf(family)) return undefined;
  return { family, base, length: number };
}

function parseIPv4(text: string): bigint | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseIPv6(text: string): bigint | undefined {
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const missing = 8 - first.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 0) return undefined;
  const all = [...first, ...Array<string>(missing).fill('0'), ...last];
  if (all.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

export const formatAddress = (family: Family, address: bigint): string =>
  family === 'IPv4' ? formatIPv4(address) : formatIPv6(address);

/** Single addresses are written without their length. */
export const formatPrefix = ({ family, base, length }: Prefix): string =>
  formatAddress(family, base) + (length === bitsOf(family) ? '' : `/${length}`);

const formatIPv4 = (address: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.');

/** The longest run of zero groups, of at least two, becomes `::`. */
function formatIPv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((address >> BigInt(112 - 16 * index)) & 65535n).toString(16));
  let [start, size] = [-1, 1];
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && groups[to] === '0') to++;
    if (to - from > size) [start, size] = [from, to - from];
  }
  if (start < 0) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + size).join(':')}`;
}
