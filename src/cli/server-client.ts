import { RestClient, RestError, UnreachableError } from '../agent/rest-client.js';
import type { Config } from '../config/config.js';
import type { Role } from '../platform/auth/role.js';
import { UsageError } from './usage-error.js';

const KEYS = { viewer: 'view', editor: 'edit', admin: 'admin' } as const;

/**
 * Creates a client of the running server that signs with the HMAC key of `role`. `url` includes the base path and
 * defaults to the address in the settings.
 */
export function serverClient(config: Config, url: string | undefined, role: Role = 'admin'): RestClient {
  const address = url ?? addressOf(config);
  if (!URL.canParse(address))
    throw new UsageError(`--url is "${address}", expected a URL such as http://127.0.0.1:8080/`);
  return new RestClient({ url: address.replace(/\/?$/, '/'), role, key: config.auth.hmac[KEYS[role]].key });
}

/** Converts refusals and connection failures of a server to UsageError, because the operator can fix them. */
export async function withUsageErrors<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    const expected = error instanceof RestError || error instanceof UnreachableError;
    throw expected ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** The address of the server in the settings; loopback if it listens on all interfaces. */
function addressOf({ http: { host, port, basePath } }: Config): string {
  const name = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${name}:${port}${basePath}`;
}
