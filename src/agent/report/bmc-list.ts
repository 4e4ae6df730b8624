import { addressIn, linesOf, macIn } from './lease.js';
import type { FoundLease } from './lease.js';

/** Parses a list of BMCs: lines of address and, optionally, MAC; `#` starts a comment. Other lines are skipped. */
export function* listedBmcs(text: string): Generator<FoundLease> {
  for (const line of linesOf(text)) {
    const [place = '', mac = ''] = line.replace(/#.*/, '').trim().split(/\s+/, 3);
    const address = addressIn(place);
    if (address !== undefined) yield { address, mac: macIn(mac), isActive: true, ends: Infinity };
  }
}
