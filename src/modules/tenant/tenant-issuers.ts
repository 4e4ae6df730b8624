import { isTrustworthy } from '../../config/oidc-issuers.js';
import type { IssuerSettings } from '../../platform/auth/oidc/issuer.js';
import type { Tenant } from './tenant.js';

/**
 * The issuer of a tenant's users, from its `iam_config` (docs/reference/authentication.md#bearer-tokens): none unless
 * URL and client are given, and none over plain HTTP.
 */
export function issuersOf(tenant: Tenant | undefined): readonly IssuerSettings[] {
  const { issuer, directoryType = '' } = tenant?.iam ?? {};
  if (!tenant || !issuer?.clientId || !isTrustworthy(issuer.url)) return [];
  return [{ ...issuer, tenant: tenant.id, directoryType }];
}
