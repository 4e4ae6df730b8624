import { ipOfHost } from '../../shared/net/bmc-address.js';

/** A device of the management network that may be a BMC. */
export interface DhcpLease {
  /** IP address in canonical text. */
  readonly address: string;
  /** In lower case with colons; `""` if the source does not have it. */
  readonly mac: string;
}

/** A lease as it stands in a file, with what decides whether it still holds. */
export interface FoundLease extends DhcpLease {
  readonly isActive: boolean;
  /** Milliseconds since 1970; Infinity if the lease does not end. */
  readonly ends: number;
}

/** Bounds of what is read from a file. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_LINE = 4096;
const MAX_LEASES = 20_000;

/** The lines of a file; longer lines are cut, because nothing that counts is that long. */
export function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from);
    const until = end < 0 ? text.length : end;
    yield text.slice(from, Math.min(until, from + MAX_LINE)).replace(/\r$/, '');
    from = until + 1;
  }
}

/** The canonical text of an address; undefined for anything else. */
export const addressIn = (text: string): string | undefined =>
  text.length > 64 ? undefined : ipOfHost(text)?.toString();

/** A MAC in lower case with colons; `""` for anything else. */
export const macIn = (text: string): string =>
  /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text) ? text.toLowerCase().replaceAll('-', ':') : '';

/**
 * The leases that hold at `now`: lease files are journals, so the last entry of an address counts, and of several
 * addresses of a device the one whose lease ends last.
 */
export function currentLeases(found: Iterable<FoundLease>, now: number): readonly DhcpLease[] {
  const byAddress = new Map<string, FoundLease>();
  for (const lease of found) {
    byAddress.delete(lease.address);
    if (byAddress.size < MAX_LEASES) byAddress.set(lease.address, lease);
  }
  const byDevice = new Map<string, FoundLease>();
  for (const lease of byAddress.values()) {
    const device = lease.mac || lease.address;
    const other = byDevice.get(device);
    const holds = lease.isActive && lease.ends > now;
    if (holds && (other === undefined || other.ends <= lease.ends)) byDevice.set(device, lease);
  }
  return [...byDevice.values()].map(({ address, mac }) => ({ address, mac }));
}
