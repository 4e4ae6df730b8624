import { Ip } from './ip.js';
import { Prefix } from './prefix.js';
import { tryParseScoped } from './scoped-ip.js';

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
/** Resolvers take `0x7f.1` and `bmc.010` for IPv4 addresses in another spelling. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[\da-f]*)$/i;
/** Addresses that no BMC can have. */
const IMPOSSIBLE = ['0.0.0.0/8', '224.0.0.0/3', '::/128', 'ff00::/8'].map((text) => Prefix.parse(text));

/** Loopback and link-local addresses: a host that connects to one reaches itself or its own link. */
export const LOCAL_NETWORKS: readonly Prefix[] = ['127.0.0.0/8', '169.254.0.0/16', 'fe80::/10', '::1/128'].map((text) =>
  Prefix.parse(text),
);

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
export const ipOfHost = (host: string): Ip | undefined => Ip.tryParseUnmapped(host.split('%', 1)[0] ?? '');

/**
 * Whether a host, as `parseBmcAddress` returns it, is in `LOCAL_NETWORKS` or is called `localhost`. Such an address means
 * something else to each host: an agent would log in to itself, or to the metadata service of its cloud.
 */
export function isLocalHost(host: string): boolean {
  const ip = ipOfHost(host);
  if (!ip) return /^(?:.*\.)?localhost$/.test(host);
  return LOCAL_NETWORKS.some((prefix) => prefix.contains(ip));
}

function readAddress(text: string): string | undefined {
  const { ip, zone } = tryParseScoped(text) ?? {};
  const plain = ip?.unmapped();
  if (!plain || IMPOSSIBLE.some((prefix) => prefix.contains(plain))) return undefined;
  return zone === undefined ? plain.toString() : `${plain.toString()}%${zone}`;
}

/** A text that ends in a number is a malformed address, not a host name. */
const readName = (text: string): string | undefined =>
  HOST_NAME.test(text) && !ENDS_IN_NUMBER.test(text) ? text.toLowerCase() : undefined;
