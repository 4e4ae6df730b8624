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
