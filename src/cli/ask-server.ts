import { RestClient, RestError, UnreachableError } from '../agent/rest-client.js';
import type { Config } from '../config/config.js';
import type { Role } from '../platform/auth/role.js';
import { UsageError } from './usage-error.js';

const KEYS = { viewer: 'view', editor: 'edit', admin: 'admin' } as const;

/** The running server, asked with a key of the settings; `url` is with base path, as the settings say unless given. */
export function serverOf(config: Config, url: string | undefined, role: Role = 'admin'): RestClient {
  const address = url ?? addressOf(config);
  if (!URL.canParse(address))
    throw new UsageError(`--url is "${address}", expected a URL such as http://127.0.0.1:8080/`);
  return new RestClient({ url: address.replace(/\/?$/, '/'), role, key: config.auth.hmac[KEYS[role]].key });
}

/** Throws UsageError when a server refuses or does not answer: the operator can do something about it. */
export async function asOperator<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    const expected = error instanceof RestError || error instanceof UnreachableError;
    throw expected ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** The server's own address; one that listens everywhere is reached on loopback. */
function addressOf({ http: { host, port, basePath } }: Config): string {
  const name = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${name}:${port}${basePath}`;
}
