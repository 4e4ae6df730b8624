import { addressIn, linesOf, macIn } from './lease.js';
import type { FoundLease } from './lease.js';

/**
 * Parses `dhcpd.leases` of ISC dhcpd (dhcpd.leases(5)). Strings are on one line there, so that braces and semicolons in
 * them, which clients choose, cannot end a block. Blocks of other kinds are skipped.
 */
export function* dhcpdLeases(text: string): Generator<FoundLease> {
  let lease: FoundLease | undefined;
  for (const line of linesOf(text)) {
    const [, address] = /^lease\s+(\S{2,64})\s*\{\s*$/.exec(line) ?? [];
    if (address !== undefined) lease = begun(address);
    else if (line.startsWith('}')) {
      if (lease !== undefined) yield lease;
      lease = undefined;
    } else if (lease !== undefined) lease = withStatement(lease, line);
  }
}

function begun(text: string): FoundLease | undefined {
  const address = addressIn(text);
  return address === undefined ? undefined : { address, mac: '', isActive: true, ends: Infinity };
}

function withStatement(lease: FoundLease, line: string): FoundLease {
  const [, name, value = ''] = /^\s*(hardware ethernet|binding state|ends)\s+([^;"]{1,100});/.exec(line) ?? [];
  if (name === 'hardware ethernet') return { ...lease, mac: macIn(value.trim()) };
  if (name === 'binding state') return { ...lease, isActive: value.trim() === 'active' };
  if (name === 'ends') return { ...lease, ends: timeOf(value.trim()) };
  return lease;
}

/** `never`, `epoch SECONDS`, or `WEEKDAY YYYY/MM/DD HH:MM:SS` in UTC. An unreadable time has passed. */
function timeOf(text: string): number {
  if (text === 'never') return Infinity;
  const [, seconds] = /^epoch (\d{1,11})$/.exec(text) ?? [];
  if (seconds !== undefined) return Number(seconds) * 1000;
  const [, date, time] = /^\d (\d{4}\/\d{2}\/\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(text) ?? [];
  const milliseconds = Date.parse(`${date?.replaceAll('/', '-')}T${time}Z`);
  return Number.isNaN(milliseconds) ? 0 : milliseconds;
}
