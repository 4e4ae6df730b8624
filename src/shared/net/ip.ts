import { malformed } from '../errors/domain-error.js';
import { tryParseIpv4, tryParseIpv6, formatIpv4, formatIpv6 } from './ip-text.js';
import { addressBits, type AddressFamily } from './family.js';

/** An immutable IPv4 or IPv6 address. Two addresses are equal if and only if their canonical texts are. */
export class Ip {
  private constructor(
    readonly family: AddressFamily,
    /** The address as an unsigned integer of 32 or 128 bits. */
    readonly value: bigint,
  ) {}

  /** Returns the address with this number. Throws RangeError if the number is outside the range of the family. */
  static of(family: AddressFamily, value: bigint): Ip {
    if (value < 0n || value >> BigInt(addressBits(family)))
      throw new RangeError(`${value} is not an ${family} address`);
    return new Ip(family, value);
  }

  /**
   * Parses an address as strictly as Go's netip: no leading zeros, no zone, no white space. `undefined` if it is
   * invalid.
   */
  static tryParse(text: string): Ip | undefined {
    const family: AddressFamily = text.includes(':') ? 'IPv6' : 'IPv4';
    const value = family === 'IPv6' ? tryParseIpv6(text) : tryParseIpv4(text);
    return value === undefined ? undefined : new Ip(family, value);
  }

  /** Like `tryParse`, for input of clients and devices: converts IPv4-mapped IPv6 (RFC 4291 §2.5.5.2) to IPv4. */
  static tryParseUnmapped(text: string): Ip | undefined {
    return Ip.tryParse(text)?.unmapped();
  }

  /** Like `tryParse`, but throws DomainError `malformed` that quotes an invalid text. */
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

  /** Whether the address is IPv4-mapped, i.e. in ::ffff:0:0/96. */
  get isMapped(): boolean {
    return this.family === 'IPv6' && this.value >> 32n === 0xffffn;
  }

  /** Returns the IPv4 address of an IPv4-mapped address; any other address unchanged. */
  unmapped(): Ip {
    return this.isMapped ? new Ip('IPv4', this.value & 0xffffffffn) : this;
  }

  equals(other: Ip): boolean {
    return this.family === other.family && this.value === other.value;
  }

  /** Canonical text: dotted decimal, or RFC 5952. */
  toString(): string {
    return this.family === 'IPv4' ? formatIpv4(this.value) : formatIpv6(this.value);
  }
}

/** Converts the text of an IPv4-mapped IPv6 address to IPv4; returns any other text unchanged. */
export function unmappedText(text: string): string {
  const ip = Ip.tryParse(text);
  return ip?.isMapped ? ip.unmapped().toString() : text;
}
