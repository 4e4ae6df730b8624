import { malformed } from '../errors/domain-error.js';
import { quoteText } from '../text.js';
import { addressBits, type AddressFamily } from './family.js';
import { Ip } from './ip.js';

/** Length of ::ffff:0:0/96, the prefix of IPv4-mapped addresses. */
const MAPPED_BITS = 96;

const LENGTH = /^(?:0|[1-9][0-9]{0,2})$/;

/** An immutable address with a prefix length (CIDR notation). Keeps host bits; `masked` removes them. */
export class Prefix {
  private constructor(
    readonly ip: Ip,
    /** Length of the network part, in bits. */
    readonly bits: number,
  ) {}

  /** Throws RangeError if the length is outside the range of the family. */
  static of(ip: Ip, bits: number): Prefix {
    if (!Number.isInteger(bits) || bits < 0 || bits > addressBits(ip.family))
      throw new RangeError(`/${bits} is not an ${ip.family} prefix length`);
    return new Prefix(ip, bits);
  }

  /** Returns the masked prefix of this length that contains the address with number `value`. */
  static around(family: AddressFamily, value: bigint, bits: number): Prefix {
    return Prefix.of(Ip.of(family, value), bits).masked();
  }

  /** Parses `address/length` as strictly as Go's netip; `undefined` if it is invalid. */
  static tryParse(text: string): Prefix | undefined {
    const slash = text.lastIndexOf('/');
    if (slash < 0) return undefined;
    const ip = Ip.tryParse(text.slice(0, slash));
    const length = text.slice(slash + 1);
    if (!ip || !LENGTH.test(length) || Number(length) > addressBits(ip.family)) return undefined;
    return new Prefix(ip, Number(length));
  }

  /** Like `tryParse`, but throws DomainError `malformed` that quotes an invalid text. */
  static parse(text: string): Prefix {
    const prefix = Prefix.tryParse(text);
    if (!prefix) throw malformed(`"${text}" is not a prefix; expected a form like 192.0.2.0/24 or 2001:db8::/64`);
    return prefix;
  }

  /**
   * Why a prefix from a client or device is invalid; undefined if it is valid. IPv4-mapped IPv6 prefixes are rejected,
   * because they would be a second name for the addresses of the IPv4 prefix.
   */
  static problem(text: string): string | undefined {
    const prefix = Prefix.tryParse(text);
    if (!prefix) return `${quoteText(text, 60)} is not a prefix, expected a form like 10.0.0.0/16 or 2001:db8::/48`;
    if (!prefix.ip.isMapped) return undefined;
    const bits = prefix.bits - MAPPED_BITS;
    const plain = bits < 0 ? 'the IPv4 prefix' : Prefix.of(prefix.ip.unmapped(), bits).toString();
    return `${text} is an IPv4 prefix mapped into IPv6, expected ${plain}`;
  }

  /** IPv4 before IPv6, then by address, then shorter prefixes first. */
  static compare(a: Prefix, b: Prefix): number {
    return Ip.compare(a.ip, b.ip) || a.bits - b.bits;
  }

  get family(): AddressFamily {
    return this.ip.family;
  }

  /** Number of bits below the network part. */
  get hostBits(): number {
    return addressBits(this.family) - this.bits;
  }

  /** Whether any host bits are set, e.g. in 10.0.0.1/24. */
  get hostBitsSet(): boolean {
    return this.ip.value !== this.first;
  }

  /** Number of the lowest address. */
  get first(): bigint {
    return (this.ip.value >> BigInt(this.hostBits)) << BigInt(this.hostBits);
  }

  /** Number of the highest address. */
  get last(): bigint {
    return this.first + this.size - 1n;
  }

  /** Number of addresses, including network and broadcast address. */
  get size(): bigint {
    return 1n << BigInt(this.hostBits);
  }

  /** Returns the prefix with all host bits cleared. */
  masked(): Prefix {
    return this.hostBitsSet ? new Prefix(Ip.of(this.family, this.first), this.bits) : this;
  }

  contains(ip: Ip): boolean {
    return ip.family === this.family && ip.value >> BigInt(this.hostBits) === this.ip.value >> BigInt(this.hostBits);
  }

  /** Whether every address of `other` is in this prefix. */
  containsPrefix(other: Prefix): boolean {
    return other.bits >= this.bits && this.contains(other.ip);
  }

  /** Whether the prefixes share an address; prefixes of different families never do. */
  overlaps(other: Prefix): boolean {
    return this.containsPrefix(other) || other.containsPrefix(this);
  }

  equals(other: Prefix): boolean {
    return this.bits === other.bits && this.ip.equals(other.ip);
  }

  toString(): string {
    return `${this.ip.toString()}/${this.bits}`;
  }
}
