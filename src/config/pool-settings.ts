import type { IntegerRange } from '../shared/concurrency/integer-allocator.js';
import type { Environment } from './environment.js';

/** Numbers that are never allocated automatically, in the form in which networks and switches show them. */
export interface PoolSettings {
  readonly asnReserved: readonly IntegerRange[];
  readonly vrfReserved: readonly IntegerRange[];
}

/** Reads the settings; defaults to no reserved numbers. */
export function poolSettings(env: Environment): PoolSettings {
  return { asnReserved: ranges(env, 'METAL_API_ASN_RESERVED'), vrfReserved: ranges(env, 'METAL_API_VRF_RESERVED') };
}

/** Parses a list of numbers and ranges, such as `100,4000-4999`. */
function ranges(env: Environment, name: string): IntegerRange[] {
  return env.list(name).flatMap((entry) => {
    const [, low, high = low] = /^(\d{1,10})\s*(?:-\s*(\d{1,10}))?$/.exec(entry) ?? [];
    if (low !== undefined && Number(low) <= Number(high)) return [{ first: BigInt(low), last: BigInt(high!) }];
    env.violation(`${name} has "${entry}", expected numbers and ranges such as 100,4000-4999`);
    return [];
  });
}
