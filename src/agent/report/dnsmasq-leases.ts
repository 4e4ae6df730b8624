import { addressIn, linesOf, macIn } from './lease.js';
import type { FoundLease } from './lease.js';

/**
 * Parses `dnsmasq.leases`: lines of time of expiry in seconds (0 is never), MAC, address, host name and client ID.
 * Leases of IPv6 have no MAC. dnsmasq removes leases that have ended.
 */
export function* dnsmasqLeases(text: string): Generator<FoundLease> {
  for (const line of linesOf(text)) {
    const [expiry = '', device = '', place = ''] = line.trim().split(/\s+/, 5);
    const address = addressIn(place);
    if (address === undefined || !/^\d{1,11}$/.test(expiry)) continue;
    // Other kinds of networks prefix the MAC with their number, as in 06-aa:bb:….
    const mac = macIn(device.replace(/^[0-9a-f]{2}-(?=.{17}$)/i, ''));
    yield { address, mac, isActive: true, ends: expiry === '0' ? Infinity : Number(expiry) * 1000 };
  }
}
