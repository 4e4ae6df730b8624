import { forbidden } from '../forbidden.js';

/** The directory that the names come from, and the tenants involved. */
export interface Membership {
  /** `ldap` or `ad`, in any case. */
  readonly directoryType: string;
  readonly userTenant: string;
  readonly providerTenant: string;
}

interface DirectoryName {
  readonly tenant: string;
  readonly inner: string;
}

/**
 * Translates directory group names into groups of this API (docs/reference/authentication.md#bearer-tokens): in lower
 * case, without the tenant's prefix. Silently drops names with another form, names of another tenant, and on-behalf-of
 * names unless the user belongs to the provider tenant. Throws `forbidden` for an unknown directory type.
 */
export function translateGroups(names: readonly string[], membership: Membership): string[] {
  const parse = PARSERS.get(membership.directoryType.toLowerCase());
  if (!parse) throw forbidden(`invalid directoryType ${membership.directoryType}`);
  return names.flatMap((name) => {
    const parsed = parse(name.toLowerCase());
    return parsed && isGranted(parsed, membership) ? [parsed.inner] : [];
  });
}

const PARSERS: ReadonlyMap<string, (name: string) => DirectoryName | undefined> = new Map([
  ['ldap', parseLdap],
  ['ad', parseAd],
]);

/** `<tenant>_<inner>` */
function parseLdap(name: string): DirectoryName | undefined {
  const [tenant, inner, ...rest] = name.split('_');
  return tenant && inner && rest.length === 0 ? { tenant, inner } : undefined;
}

/** `<Tn><xx>_<any>_App<inner>_<any>`: the tenant is the first two characters. */
function parseAd(name: string): DirectoryName | undefined {
  const [first, , third, ...rest] = name.split('_');
  if (first?.length !== 4 || third === undefined || rest.length !== 1) return undefined;
  return { tenant: first.slice(0, 2), inner: third.slice('app'.length) };
}

/** `<app>-[<on behalf of>#]<first scope>-<second scope>-<role>`; a hyphen inside a scope is written as `$`. */
function isGranted({ tenant, inner }: DirectoryName, { userTenant, providerTenant }: Membership): boolean {
  const parts = inner.split('-');
  if (parts.length !== 4 || parts.includes('')) return false;
  if (tenant !== userTenant.toLowerCase()) return false;
  const scope = parts[1]!.split('#');
  if (scope.length > 2 || scope.includes('')) return false;
  return scope.length === 1 || userTenant.toLowerCase() === providerTenant.toLowerCase();
}
