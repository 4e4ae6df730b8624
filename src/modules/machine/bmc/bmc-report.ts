import { DEFAULT_BMC_PORT, parseBmcAddress, parseBmcHost, formatBmcAddress } from '../../../shared/net/bmc-address.js';

/**
 * Returns the BMC's address after a report of `host`, keeping the known port. An empty `host` leaves the address
 * unchanged. Returns `undefined` if `host` is neither an address nor a host name.
 */
export function reportedAddress(host: string, known: string): string | undefined {
  if (host === '') return known;
  const read = parseBmcHost(host);
  return read && formatBmcAddress({ host: read, port: parseBmcAddress(known)?.port ?? DEFAULT_BMC_PORT });
}

/**
 * The members of `now` that differ from `before`, and the ID, so that a write leaves other members to their own
 * writers.
 */
export function changedFields<T extends { readonly id: string }>(
  before: T,
  now: T,
): { readonly id: string } & Partial<T> {
  const entries = Object.entries(now).filter(([key, value]) => before[key as keyof T] !== value);
  return { id: now.id, ...(Object.fromEntries(entries) as Partial<T>) };
}
