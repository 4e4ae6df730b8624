import type { Environment } from './environment.js';
import { keyPolicyViolation } from './key-policy.js';
import { oidcIssuers } from './oidc-issuers.js';
import type { OidcIssuer } from './oidc-issuers.js';

/**
 * Secret and age limit of one HMAC type (docs/reference/authentication.md#hmac-scheme). `lifetime` is in milliseconds;
 * 0 = no age check.
 */
export interface HmacKey {
  readonly key: string;
  readonly lifetime: number;
}

/** Settings of authentication and authorization. */
export interface AuthSettings {
  readonly providerTenant: string;
  readonly hmac: { readonly view: HmacKey; readonly edit: HmacKey; readonly admin: HmacKey };
  /** Policy for replays, i.e. signatures that were used before (see `HmacAuthenticator`). */
  readonly hmacReplays: (typeof REPLAYS)[number];
  readonly oidcIssuers: readonly OidcIssuer[];
  /** Key that signs API tokens; undefined = a generated key in the data folder. */
  readonly tokenKey: string | undefined;
  readonly passwordReasonMinLength: number;
  /** Whether viewers see user data and VPN keys of allocations; for installers and clients that use the view key. */
  readonly viewersSeeAllocationSecrets: boolean;
}

const REPLAYS = ['allow', 'refuse-writes', 'refuse-all'] as const;

/** Reads the settings. Dev mode has well-known default keys and accepts weak ones. */
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
  // The signature does not cover the type: with equal keys a viewer could claim the admin type for its signature.
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
