import { Ip } from './ip.js';
import { Prefix } from './prefix.js';

/** The address of a BMC. */
export interface BmcAddress {
  /** An IP address in canonical text, with its zone if it has one, or a host name; never in brackets. */
  readonly host: string;
  readonly port: number;
}

/** IPMI over LAN. */
export const DEFAULT_BMC_PORT = 623;

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;
/** Name or index of a network interface. */
const ZONE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/;
const LINK_LOCAL = Prefix.parse('fe80::/10');
const MAPPED = Prefix.parse('::ffff:0:0/96');
/** Addresses that no BMC can have. */
const IMPOSSIBLE = ['0.0.0.0/8', '224.0.0.0/3', '::/128', 'ff00::/8'].map((text) => Prefix.parse(text));

/**
 * Parses `host`, `host:port`, `[v6]:port`, `[v6]` or a bare IPv6 address; link-local IPv6 addresses may have a zone.
 * The port defaults to 623; an IPv4-mapped address becomes IPv4. Returns `undefined` for anything else, and for
 * addresses that no device can have. Registration, BMC report and agent all use this parser.
 */
export function parseBmcAddress(text: string): BmcAddress | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]{2,64})\]|([^:[\]]{1,253}))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? (text.length <= 64 ? text : '');
  const port = digits === undefined ? DEFAULT_BMC_PORT : Number(digits);
  if (port < 1 || port > 65535) return undefined;
  const known = bracketed === undefined ? parseBmcHost(host) : readAddress(host);
  return known === undefined ? undefined : { host: known, port };
}

/** Parses the host of a BMC without port and brackets, as in `BmcAddress`; `undefined` for anything else. */
export const parseBmcHost = (text: string): string | undefined => readAddress(text) ?? readName(text);

/** Formats an address for `parseBmcAddress`; an IPv6 address is put in brackets. */
export const formatBmcAddress = ({ host, port }: BmcAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/**
 * Returns the IP address of a host without its zone; `undefined` for a host name. An IPv4-mapped address becomes IPv4.
 */
export function ipOfHost(host: string): Ip | undefined {
  const ip = Ip.tryParse(host.split('%', 1)[0] ?? '');
  return ip && MAPPED.contains(ip) ? Ip.of('IPv4', ip.value & 0xffff_ffffn) : ip;
}

function readAddress(text: string): string | undefined {
  const ip = ipOfHost(text);
  if (!ip || IMPOSSIBLE.some((prefix) => prefix.contains(ip))) return undefined;
  const percent = text.indexOf('%');
  if (percent < 0) return ip.toString();
  const zone = text.slice(percent + 1);
  return LINK_LOCAL.contains(ip) && ZONE.test(zone) ? `${ip.toString()}%${zone}` : undefined;
}

/** A text of digits and dots is a malformed address, not a host name. */
const readName = (text: string): string | undefined =>
  HOST_NAME.test(text) && !/^[\d.]+$/.test(text) ? text.toLowerCase() : undefined;
