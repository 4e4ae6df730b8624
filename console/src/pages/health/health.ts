import { basePath } from '../../api/base-path.js';
import { ApiError, authorization } from '../../api/client.js';
import type { Health } from '../../api/types.js';

export interface Readiness {
  readonly ready: boolean;
  readonly obstacles: readonly string[];
}

/** Both routes answer with an object also when they report a failure, with one of these statuses. */
async function report<T>(path: string, failing: number, signal: AbortSignal): Promise<T> {
  const headers = await authorization();
  const response = await fetch(`${basePath}${path}`, { headers, signal }).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw new ApiError(0, 'the server cannot be reached');
  });
  if (!response.ok && response.status !== failing) throw new ApiError(response.status, response.statusText);
  return (await response.json()) as T;
}

interface Context {
  readonly signal: AbortSignal;
}

export const fetchHealth = ({ signal }: Context): Promise<Health> => report('v1/health', 500, signal);
export const fetchReady = ({ signal }: Context): Promise<Readiness> => report('ready', 503, signal);
