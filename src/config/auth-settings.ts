import type { Environment } from './environment.js';
import { keyPolicyViolation } from './key-policy.js';
import { isLoopback } from './loopback.js';

/** Age limit and secret of one HMAC type (reference/40 §2.2). Lifetime in milliseconds, 0 = no age check. */
export interface HmacKey {
  readonly key: string;
  readonly lifetime: number;
}

/** One OIDC issuer whose tokens are accepted (reference/40 §2.3). */
export interface OidcIssuer {
  readonly url: string;
  readonly clientId: string;
  readonly tenant: string;
  readonly directoryType: 'ldap' | 'ad';
}

/** Who may call, and how that is proven. */
export interface AuthSettings {
  readonly providerTenant: string;
  readonly hmac: { readonly view: HmacKey; readonly edit: HmacKey; readonly admin: HmacKey };
  /** What happens to a signature that was used before (see `HmacAuthenticator`). */
  readonly hmacReplays: (typeof REPLAYS)[number];
  readonly oidcIssuers: readonly OidcIssuer[];
  /** Signs the server's own API tokens; undefined = a generated key in the data folder. */
  readonly tokenKey?: string;
  readonly passwordReasonMinLength: number;
  /** Viewers see user data and VPN keys of allocations: for installers and clients that use the view key. */
  readonly viewersSeeAllocationSecrets: boolean;
}

const REPLAYS = ['allow', 'refuse-writes', 'refuse-all'] as const;

/** In dev mode the keys are known, and any other is as good. */
export function authSettings(env: Environment, dev: boolean): AuthSettings {
  const hmac = (type: 'VIEW' | 'EDIT' | 'ADMIN', devKey: string, lifetime: number): HmacKey => {
    const name = `METAL_API_HMAC_${type}_KEY`;
    const key = env.text(name, dev ? devKey : '');
    const violation = dev ? undefined : keyPolicyViolation(name, key);
    if (violation) env.violation(violation);
    return { key, lifetime: env.duration(`METAL_API_HMAC_${type}_LIFETIME`, lifetime) };
  };
  const tokenKey = env.text('METAL_API_TOKEN_KEY');
  const tokenViolation =
    tokenKey !== undefined && !dev ? keyPolicyViolation('METAL_API_TOKEN_KEY', tokenKey) : undefined;
  if (tokenViolation) env.violation(tokenViolation);
  const keys = {
    view: hmac('VIEW', 'metal-view', 30_000),
    edit: hmac('EDIT', 'metal-edit', 30_000),
    admin: hmac('ADMIN', 'metal-admin', 90_000),
  };
  // The type is not part of what is signed: with equal keys a viewer could write an admin's name over the signature.
  const secrets = Object.values(keys).flatMap(({ key }) => (key === '' ? [] : [key]));
  if (new Set(secrets).size < secrets.length) {
    env.violation('METAL_API_HMAC_VIEW_KEY, _EDIT_KEY and _ADMIN_KEY are not all different, expected three secrets');
  }
  return {
    providerTenant: env.text('METAL_API_PROVIDER_TENANT', 'metal-stack'),
    hmac: keys,
    hmacReplays: env.oneOf('METAL_API_HMAC_REPLAYS', REPLAYS, 'refuse-writes'),
    oidcIssuers: env.json('METAL_API_OIDC_ISSUERS', [], oidcIssuers),
    tokenKey,
    passwordReasonMinLength: env.integer('METAL_API_PASSWORD_REASON_MINLENGTH', 0, { min: 0, max: 10_000 }),
    viewersSeeAllocationSecrets: env.boolean('METAL_API_VIEWERS_SEE_ALLOCATION_SECRETS', false),
  };
}

function oidcIssuers(value: unknown): OidcIssuer[] {
  if (!Array.isArray(value)) throw new Error('expected an array of {url, clientId, tenant, directoryType}');
  return value.map((entry: Partial<OidcIssuer>, index) => {
    for (const name of ['url', 'clientId', 'tenant'] as const) {
      if (typeof entry?.[name] !== 'string' || entry[name] === '')
        throw new Error(`[${index}].${name} must be a non-empty string`);
    }
    if (!isTrustworthy(entry.url!)) throw new Error(`[${index}].url must be an https URL (http on loopback only)`);
    const directoryType = entry.directoryType ?? 'ldap';
    if (directoryType !== 'ldap' && directoryType !== 'ad')
      throw new Error(`[${index}].directoryType must be ldap or ad`);
    return { url: entry.url!, clientId: entry.clientId!, tenant: entry.tenant!, directoryType };
  });
}

/** Whether keys from there may be trusted: over plain HTTP anybody on the way could hand out keys of his own. */
export function isTrustworthy(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
