import { UsageError } from '../../../src/cli/usage-error.js';
import type { RemoteOptions } from '../options.js';
import { here } from '../output.js';
import type { Setting } from '../result.js';
import type { Api } from './api.js';

/** Learns what the server is. Throws a UsageError if it does not answer, or has machines and may not be loaded. */
export async function examine(api: Api, { url, live, quick, remove }: RemoteOptions): Promise<Setting> {
  try {
    const product = await api.call<{ name?: string; version?: string }>('GET', '/v1/version');
    const machines = (await api.list('GET', '/v1/machine')).length;
    if (machines > 0 && !live && remove === undefined)
      throw new UsageError(`${url} has ${machines} machines, so it may be in use; --live loads it all the same`);
    const version = (product.version ?? 'unknown').replace(/^v/, '');
    const engine = { name: 'remote', version: 'unknown' };
    return { product: { name: product.name ?? 'unknown', version }, engine, machines, ...here(quick) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${url} cannot be measured: ${(error as Error).message}`, { cause: error });
  }
}
