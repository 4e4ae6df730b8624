import { Ip } from './ip.js';
import { Prefix } from './prefix.js';

/** An IP address that may name the interface through which it is reached. */
export interface ScopedIp {
  readonly ip: Ip;
  /** Name or index of a network interface; only link-local IPv6 addresses have one. */
  readonly zone: string | undefined;
}

const ZONE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/;
/** `%25` is the percent sign of a URL: `%25eth0` would be a second spelling of `%eth0`. The index 25 stays one. */
const IS_ENCODED = /^25(?!\d*$)/;
const LINK_LOCAL = Prefix.parse('fe80::/10');

/**
 * Parses an address with or without a zone (`fe80::1%eth0`). `undefined` if either is invalid, if the zone is
 * percent-encoded as in a URL, or if the address is not link-local and so cannot have one.
 */
export function tryParseScoped(text: string): ScopedIp | undefined {
  const percent = text.indexOf('%');
  const ip = Ip.tryParse(percent < 0 ? text : text.slice(0, percent));
  if (!ip || percent < 0) return ip && { ip, zone: undefined };
  const zone = text.slice(percent + 1);
  return LINK_LOCAL.contains(ip) && ZONE.test(zone) && !IS_ENCODED.test(zone) ? { ip, zone } : undefined;
}
