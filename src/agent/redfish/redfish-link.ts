import { BmcError } from '../bmc/bmc-driver.js';

/** The path of the service root, the only one that clients may know (DSP0266, clause 6). */
export const SERVICE_ROOT = '/redfish/v1/';

/** Maximum length of a link. */
const MAX_LINK = 2048;

/**
 * Returns the path of a link on the same BMC. BMCs send paths and complete URLs; `hosts` are the names of the BMC, with
 * port. Throws BmcError for a link to another host or protocol, or to anything that is not below `/redfish/`: following
 * it would hand the session to a place of the BMC's choice.
 */
export function pathOfLink(link: unknown, hosts: readonly string[]): string {
  const odd = (): BmcError => new BmcError('refused', 'the BMC links to a place outside of its Redfish service');
  if (typeof link !== 'string' || link === '' || link.length > MAX_LINK || /[\s\\\p{Cc}]/u.test(link)) throw odd();
  let url: URL;
  try {
    url = new URL(link, `https://${hosts[0]}`);
  } catch {
    throw odd();
  }
  const isHere = hosts.some((host) => new URL(`https://${host}`).host === url.host);
  if (url.protocol !== 'https:' || !isHere || !url.pathname.startsWith('/redfish/')) throw odd();
  if (url.username !== '' || url.password !== '') throw odd();
  return url.pathname + url.search;
}

/**
 * Returns the path of a `Location` header of a session or a task. BMCs put a name of their own choice into it, which is
 * ignored: the path is only used at the same BMC. Throws BmcError for a path that is not below `/redfish/`.
 */
export function pathOfLocation(location: unknown, hosts: readonly string[]): string {
  if (typeof location !== 'string' || !URL.canParse(location)) return pathOfLink(location, hosts);
  const { pathname, search } = new URL(location);
  return pathOfLink(pathname + search, hosts);
}
