import { HMAC_TYPES, hmacHeaders } from '../../../src/platform/auth/hmac.js';
import { UsageError } from '../../../src/cli/usage-error.js';

/**
 * Headers for a request of a method, with the token (`METAL_API_BENCH_TOKEN`) or signed with the key of Metal-Admin
 * (`METAL_API_BENCH_HMAC`) in the environment. Throws a UsageError unless there is exactly one of them.
 */
export function credentialsIn(environment: NodeJS.ProcessEnv): (method: string) => Record<string, string> {
  const { METAL_API_BENCH_TOKEN: token = '', METAL_API_BENCH_HMAC: key = '' } = environment;
  if ((token === '') === (key === ''))
    throw new UsageError(
      `METAL_API_BENCH_HMAC and METAL_API_BENCH_TOKEN are ${token === '' ? 'both missing' : 'both set'}, ` +
        'expected the key of Metal-Admin in the first or the token of an admin in the second',
    );
  return token === ''
    ? (method) => hmacHeaders(HMAC_TYPES.admin, key, method)
    : () => ({ authorization: `Bearer ${token}` });
}
