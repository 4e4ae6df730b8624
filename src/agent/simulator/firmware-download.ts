import { fetchFailure } from '../../shared/errors/fetch-failure.js';
import { BmcError } from '../bmc/bmc-driver.js';

/** How long a download may take, in milliseconds. */
const TIMEOUT = 60_000;

/**
 * Downloads a firmware image and discards it. Resolves to its revision, the last part of the path
 * (docs/reference/firmware.md#storage). Throws BmcError `update`.
 */
export async function fetchFirmware(url: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]) });
    if (!response.ok) throw new BmcError('update', `the server of the image answers ${response.status}`);
    for await (const chunk of response.body ?? []) void chunk;
  } catch (error) {
    if (error instanceof BmcError) throw error;
    throw new BmcError('update', `the image cannot be fetched: ${fetchFailure(error)}`);
  }
  return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
}
