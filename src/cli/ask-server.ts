import type { Config } from '../config/config.js';
import { HMAC_TYPES, hmacHeaders } from '../platform/auth/hmac.js';
import type { Role } from '../platform/auth/role.js';

const KEYS = { viewer: 'view', editor: 'edit', admin: 'admin' } as const;

/** A request to the running server. */
export interface ServerRequest {
  readonly method: string;
  /** Behind the base path, without leading slash. */
  readonly path: string;
  /** Where it is, with base path; as the settings say unless given. */
  readonly url?: string | undefined;
  /** Whose key signs; the admin's unless told otherwise. */
  readonly role?: Role;
}

/** The answer of the running server, signed with a key of the settings. Throws Error with what it said, or why not. */
export async function askServer(
  config: Config,
  { method, path, url, role = 'admin' }: ServerRequest,
): Promise<unknown> {
  const address = `${(url ?? addressOf(config)).replace(/\/$/, '')}/${path}`;
  const headers = hmacHeaders(HMAC_TYPES[role], config.auth.hmac[KEYS[role]].key, method);
  const response = await fetch(address, { method, headers, signal: AbortSignal.timeout(30_000) }).catch(
    (error: Error) => {
      const { message } = error.cause instanceof Error ? error.cause : error;
      throw new Error(`no server answers at ${address}: ${message}`);
    },
  );
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  throw new Error(`${address} answered ${response.status}: ${typeof body === 'string' ? body : JSON.stringify(body)}`);
}

/** The server's own address; one that listens everywhere is reached on loopback. */
function addressOf({ http: { host, port, basePath } }: Config): string {
  const name = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${name}:${port}${basePath}`;
}
