import { isTrustworthy } from '../../config/auth-settings.js';
import type { IssuerSettings } from '../../platform/auth/oidc/issuer.js';
import type { Tenant } from './tenant.js';

/**
 * The issuer behind a tenant's users, as its `iam_config` names it (reference/40 §2.3): none unless URL and client are
 * given, and none over plain HTTP.
 */
export function issuersOf(tenant: Tenant | undefined): readonly IssuerSettings[] {
  const { issuer, directoryType = '' } = tenant?.iam ?? {};
  if (!tenant || !issuer?.clientId || !isTrustworthy(issuer.url)) return [];
  return [{ ...issuer, tenant: tenant.id, directoryType }];
}
