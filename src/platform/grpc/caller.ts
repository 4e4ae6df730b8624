import { isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Who makes a call, as far as the connection tells. */
export interface Caller {
  /** Common name of the client's certificate; `""` without one. */
  readonly name: string;
  /** SHA-256 of that certificate; `""` without one. */
  readonly certificate: string;
  /** IP address, IPv4 always in its own notation. */
  readonly address: string;
  /** Address and port. */
  readonly peer: string;
}

/** The part of a call that tells who makes it; each class of calls in @grpc/grpc-js has it. */
interface Call {
  getPeer(): string;
  getAuthContext(): { sslPeerCertificate?: ReturnType<TLSSocket['getPeerCertificate']> };
}

/** Longest name that is kept of a certificate. */
const MAX_NAME = 128;

/** Reads who makes a call off its connection. */
export function callerOf(call: Call): Caller {
  const peer = call.getPeer();
  const address = addressOfPeer(peer);
  const at = isIPv6(address) ? `[${address}]` : address;
  const port = /:\d+$/.exec(peer)?.[0] ?? '';
  const shown = call.getAuthContext().sslPeerCertificate;
  return { name: nameOf(shown), certificate: shown?.fingerprint256 ?? '', address, peer: `${at}${port}` };
}

/** The IP address of what the library calls a peer: `address:port`, without brackets for IPv6, too. */
export const addressOfPeer = (peer: string): string => plainAddress(peer.replace(/:\d+$/, ''));

/** IPv4 addresses in their own notation, also where a socket for both families took the connection. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=[\d.]+$)/i, '');

/**
 * The key of the allowance that a caller has. Callers that share a certificate are told apart by their addresses, so that
 * one cannot use up what belongs to the others; an IPv6 host has a whole /64 to choose addresses from.
 */
export const allowanceOf = ({ name, address }: Pick<Caller, 'name' | 'address'>): string =>
  `${name}@${networkOf(address)}`;

/** The address itself, of IPv6 its /64. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '').toLowerCase()).join(':')}::/64`;
}

/** What messages call a caller. */
export const callerText = ({ name, peer }: Caller): string => (name ? `"${name}" at ${peer}` : peer);

function nameOf(certificate: ReturnType<TLSSocket['getPeerCertificate']> | undefined): string {
  // With several common names the type says string, but it is a list.
  const name: unknown = certificate?.subject?.CN;
  return String((Array.isArray(name) ? name[0] : name) ?? '').slice(0, MAX_NAME);
}
