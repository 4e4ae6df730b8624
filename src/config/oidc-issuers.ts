import { isLoopback } from './loopback.js';

/** An OIDC issuer whose tokens are accepted (docs/reference/authentication.md#bearer-tokens). */
export interface OidcIssuer {
  readonly url: string;
  readonly clientId: string;
  readonly tenant: string;
  readonly directoryType: 'ldap' | 'ad';
  /** Set if the console offers to sign in with this issuer and client (docs/guide/console.md#openid-connect). */
  readonly console?: ConsoleSignIn;
}

/** How the console signs in with an issuer. */
export interface ConsoleSignIn {
  /** What the button says after "Sign in with"; the host of the issuer unless configured. */
  readonly label: string;
  /** Separated by spaces; contains `openid`. */
  readonly scopes: string;
}

const SCOPES = 'openid profile email groups';
const MAX_LABEL = 40;

/** Parses `METAL_API_OIDC_ISSUERS`. Throws an Error that names the entry at fault. */
export function oidcIssuers(value: unknown): OidcIssuer[] {
  if (!Array.isArray(value)) throw new Error('expected an array of {url, clientId, tenant, directoryType, console}');
  return value.map((entry: Partial<OidcIssuer>, index) => {
    for (const name of ['url', 'clientId', 'tenant'] as const) {
      if (typeof entry?.[name] !== 'string' || entry[name] === '')
        throw new Error(`[${index}].${name} must be a non-empty string`);
    }
    const { url, clientId, tenant, directoryType = 'ldap' } = entry as OidcIssuer;
    if (!isTrustworthy(url)) throw new Error(`[${index}].url must be an https URL (http on loopback only)`);
    if (directoryType !== 'ldap' && directoryType !== 'ad')
      throw new Error(`[${index}].directoryType must be ldap or ad`);
    const console = consoleSignIn(entry.console, url, `[${index}].console`);
    return { url, clientId, tenant, directoryType, ...(console && { console }) };
  });
}

/** `true` stands for the defaults. */
function consoleSignIn(value: unknown, url: string, at: string): ConsoleSignIn | undefined {
  if (value === undefined || value === false) return undefined;
  if (value !== true && (typeof value !== 'object' || value === null || Array.isArray(value)))
    throw new Error(`${at} must be true, false or {label, scopes}`);
  const { label = new URL(url).host, scopes = SCOPES } = (value === true ? {} : value) as Partial<ConsoleSignIn>;
  if (typeof label !== 'string' || label.trim() === '' || label.length > MAX_LABEL)
    throw new Error(`${at}.label must be a string of 1 to ${MAX_LABEL} characters`);
  if (typeof scopes !== 'string' || !scopes.split(' ').includes('openid'))
    throw new Error(`${at}.scopes must be separated by spaces and contain openid`);
  return { label, scopes };
}

/** Whether keys from this URL can be trusted: over plain HTTP, an attacker on the path could substitute the keys. */
export function isTrustworthy(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
