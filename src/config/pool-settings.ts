import type { SlotRange } from '../shared/slots.js';
import type { Environment } from './environment.js';

/** Numbers that the operator wants to be left alone, as networks and switches show them. */
export interface PoolSettings {
  readonly asnReserved: readonly SlotRange[];
  readonly vrfReserved: readonly SlotRange[];
}

/** None unless the environment says so. */
export function poolSettings(env: Environment): PoolSettings {
  return { asnReserved: ranges(env, 'METAL_API_ASN_RESERVED'), vrfReserved: ranges(env, 'METAL_API_VRF_RESERVED') };
}

/** A list of numbers and ranges, such as `100,4000-4999`. */
function ranges(env: Environment, name: string): SlotRange[] {
  return env.list(name).flatMap((entry) => {
    const [, low, high = low] = /^(\d{1,10})\s*(?:-\s*(\d{1,10}))?$/.exec(entry) ?? [];
    if (low !== undefined && Number(low) <= Number(high)) return [{ first: BigInt(low), last: BigInt(high!) }];
    env.violation(`${name} has "${entry}", expected numbers and ranges such as 100,4000-4999`);
    return [];
  });
}
