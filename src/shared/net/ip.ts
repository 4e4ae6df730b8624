import { malformed } from '../errors/domain-error.js';
import { readIpv4, readIpv6, writeIpv4, writeIpv6 } from './ip-text.js';
import { addressBits, type AddressFamily } from './family.js';

/** An IPv4 or IPv6 address; immutable. Two addresses are the same when their canonical texts are. */
export class Ip {
  private constructor(
    readonly family: AddressFamily,
    /** The address as an unsigned integer of 32 or 128 bits. */
    readonly value: bigint,
  ) {}

  /** The address with this number. Throws RangeError when the number does not fit the family. */
  static of(family: AddressFamily, value: bigint): Ip {
    if (value < 0n || value >> BigInt(addressBits(family))) throw new RangeError(`${value} is no ${family} address`);
    return new Ip(family, value);
  }

  /**
   * Reads an address as strictly as Go's netip: no leading zeros, no zone, no white space. `undefined` when it is none.
   */
  static tryParse(text: string): Ip | undefined {
    const family: AddressFamily = text.includes(':') ? 'IPv6' : 'IPv4';
    const value = family === 'IPv6' ? readIpv6(text) : readIpv4(text);
    return value === undefined ? undefined : new Ip(family, value);
  }

  /** Like `tryParse`, for what clients and devices send: an IPv4 address mapped into IPv6 (RFC 4291 §2.5.5.2) is IPv4. */
  static read(text: string): Ip | undefined {
    return Ip.tryParse(text)?.unmapped();
  }

  /** Like `tryParse`; throws DomainError `malformed` naming the text. */
  static parse(text: string): Ip {
    const ip = Ip.tryParse(text);
    if (!ip) throw malformed(`"${text}" is not an IP address; expected a form like 192.0.2.1 or 2001:db8::1`);
    return ip;
  }

  /** IPv4 before IPv6, then by number. */
  static compare(a: Ip, b: Ip): number {
    if (a.family !== b.family) return a.family === 'IPv4' ? -1 : 1;
    return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  }

  /** True inside ::ffff:0:0/96. */
  get isMapped(): boolean {
    return this.family === 'IPv6' && this.value >> 32n === 0xffffn;
  }

  /** The IPv4 address that is mapped into this one; this one when none is. */
  unmapped(): Ip {
    return this.isMapped ? new Ip('IPv4', this.value & 0xffffffffn) : this;
  }

  equals(other: Ip): boolean {
    return this.family === other.family && this.value === other.value;
  }

  /** Canonical text: dotted decimal, or RFC 5952. */
  toString(): string {
    return this.family === 'IPv4' ? writeIpv4(this.value) : writeIpv6(this.value);
  }
}

/** The text of an address that was written as IPv4 mapped into IPv6, as IPv4; any other text as it is. */
export function unmappedText(text: string): string {
  const ip = Ip.tryParse(text);
  return ip?.isMapped ? ip.unmapped().toString() : text;
}
