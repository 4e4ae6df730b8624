import type { TLSSocket } from 'node:tls';

/** The caller, as identified by the connection. */
export interface GrpcCaller {
  /** Common name of the client's certificate; `""` without one. */
  readonly name: string;
  /** SHA-256 of that certificate; `""` without one. */
  readonly certificate: string;
  /** IP address; IPv4 addresses always in IPv4 notation. */
  readonly address: string;
  /** Address and port. */
  readonly peer: string;
}

/** The part of a call that identifies the caller; all call classes of @grpc/grpc-js have it. */
interface Call {
  getPeer(): string;
  getAuthContext(): { sslPeerCertificate?: ReturnType<TLSSocket['getPeerCertificate']> };
}

/** Maximum length of a certificate name. */
const MAX_NAME = 128;

/** Identifies the caller from the connection. */
export function readCaller(call: Call): GrpcCaller {
  const peer = call.getPeer();
  const address = addressOfPeer(peer);
  const at = isV6(address) ? `[${address}]` : address;
  const port = /:\d+$/.exec(peer)?.[0] ?? '';
  const shown = call.getAuthContext().sslPeerCertificate;
  return { name: nameOf(shown), certificate: shown?.fingerprint256 ?? '', address, peer: `${at}${port}` };
}

/** For the address of a connection, which is valid: to check that would cost each call a microsecond. */
const isV6 = (address: string): boolean => address.includes(':');

/** The IP address of a peer as formatted by the library: `address:port`, without brackets even for IPv6. */
export const addressOfPeer = (peer: string): string => plainAddress(peer.replace(/:\d+$/, ''));

/** IPv4 addresses in IPv4 notation, even if a dual-stack socket accepted the connection. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=[\d.]+$)/i, '');

/**
 * The rate limit key of a caller. Callers that share a certificate are distinguished by address, so that one cannot use
 * up the allowance of the others; an IPv6 host can choose from a whole /64 of addresses.
 */
export const rateLimitKey = ({ name, address }: Pick<GrpcCaller, 'name' | 'address'>): string =>
  `${name}@${networkOf(address)}`;

/** The address itself; for IPv6 its /64. */
export function networkOf(address: string): string {
  if (!isV6(address)) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '').toLowerCase()).join(':')}::/64`;
}

/** Text for the caller in messages. */
export const callerText = ({ name, peer }: GrpcCaller): string => (name ? `"${name}" at ${peer}` : peer);

function nameOf(certificate: ReturnType<TLSSocket['getPeerCertificate']> | undefined): string {
  // With several common names, the value is a list, although its type is string.
  const name: unknown = certificate?.subject?.CN;
  return String((Array.isArray(name) ? name[0] : name) ?? '').slice(0, MAX_NAME);
}
