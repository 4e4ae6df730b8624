import type { Document } from '../../shared/document.js';
import type { IntegerRange } from '../../shared/concurrency/integer-allocator.js';

/** A number that is in use; its id is the number in decimal. Numbers without a document are free. */
export interface PoolNumber extends Document {
  /** Networks that use the VRF, or the one allocation that uses the ASN. Never empty. */
  readonly owners: readonly string[];
  readonly acquired: string;
}

/** A number and its owners. */
export interface PoolUse {
  readonly number: number;
  readonly owners: readonly string[];
}

/**
 * Both pools have 2^17 numbers: enough for a fleet, and within VXLAN's 24 bits
 * (docs/reference/number-pools.md#number-pools).
 */
export const POOL_RANGE: IntegerRange = { first: 1n, last: 131072n };

/** Added to a pool number to get an ASN: 4-byte numbers for private use (RFC 6996). */
export const ASN_BASE = 4210000000;
