import { addressIn, linesOf, macIn } from './lease.js';
import type { FoundLease } from './lease.js';

/** A `valid_lifetime` that means forever. */
const FOREVER = '4294967295';
/** The `state` of a lease that is in use; declined, reclaimed and released ones have others. */
const IN_USE = '0';
const MAX_COLUMNS = 64;

/**
 * Parses a lease file of Kea's memfile backend, for IPv4 or IPv6: CSV whose first line names the columns. Kea writes
 * commas inside of values as `&#x2c`, so that lines can be split at commas.
 */
export function* keaLeases(text: string): Generator<FoundLease> {
  let columns: readonly string[] | undefined;
  for (const line of linesOf(text)) {
    const fields = line.split(',', MAX_COLUMNS);
    if (columns === undefined || fields[0] === 'address') columns = fields;
    else {
      const value = (name: string): string => fields[columns!.indexOf(name)]?.trim() ?? '';
      const address = addressIn(value('address'));
      if (address !== undefined) {
        const ends = value('valid_lifetime') === FOREVER ? Infinity : secondsOf(value('expire'));
        const isActive = value('state') === IN_USE || value('state') === '';
        yield { address, mac: macIn(value('hwaddr')), isActive, ends };
      }
    }
  }
}

const secondsOf = (text: string): number => (/^\d{1,11}$/.test(text) ? Number(text) * 1000 : 0);
