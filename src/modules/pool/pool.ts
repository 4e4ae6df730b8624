import type { Document } from '../../shared/document.js';
import type { SlotRange } from '../../shared/slots.js';

/** A number that is in use; its id is the number in decimal. Numbers without a document are free. */
export interface PoolNumber extends Document {
  /** Networks that use the VRF, or the one allocation that uses the ASN. Never empty. */
  readonly owners: readonly string[];
  readonly acquired: string;
}

/** A number and who has it. */
export interface PoolUse {
  readonly number: number;
  readonly owners: readonly string[];
}

/** Both pools give out 2^17 numbers: enough for a fleet, and within VXLAN's 24 bits (reference/20 §7). */
export const POOL_RANGE: SlotRange = { first: 1n, last: 131072n };

/** An ASN is this plus a number of its pool: 4-byte numbers for private use (RFC 6996). */
export const ASN_BASE = 4210000000;

/**
 * Reads an operator's list of numbers to leave alone, such as `["100", "4000-4999"]`, which were given with `base`
 * added. Throws Error naming the entry that is none.
 */
export function parseReserved(entries: readonly string[], base = 0): SlotRange[] {
  return entries.map((entry) => {
    const [, low, high] = /^\s*(\d{1,10})\s*(?:-\s*(\d{1,10})\s*)?$/.exec(entry) ?? [];
    const [first, last] = [Number(low) - base, Number(high ?? low) - base];
    if (low === undefined || first > last)
      throw new Error(`"${entry}" is neither a number nor a range such as 4000-4999`);
    return { first: BigInt(first), last: BigInt(last) };
  });
}
