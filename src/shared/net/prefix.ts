import { malformed } from '../errors/domain-error.js';
import { quoted } from '../text.js';
import { addressBits, type AddressFamily } from './family.js';
import { Ip } from './ip.js';

/** Bits of ::ffff:0:0/96, into which IPv4 is mapped. */
const MAPPED_BITS = 96;

const LENGTH = /^(?:0|[1-9][0-9]{0,2})$/;

/** An address with a prefix length (CIDR notation); immutable. Keeps host bits until `masked` is asked for. */
export class Prefix {
  private constructor(
    readonly ip: Ip,
    /** Length of the network part, in bits. */
    readonly bits: number,
  ) {}

  /** Throws RangeError when the length does not fit the family. */
  static of(ip: Ip, bits: number): Prefix {
    if (!Number.isInteger(bits) || bits < 0 || bits > addressBits(ip.family))
      throw new RangeError(`/${bits} is no ${ip.family} prefix length`);
    return new Prefix(ip, bits);
  }

  /** The masked prefix of this length around an address number. */
  static around(family: AddressFamily, value: bigint, bits: number): Prefix {
    return Prefix.of(Ip.of(family, value), bits).masked();
  }

  /** Reads `address/length` as strictly as Go's netip; `undefined` when it is not exactly that. */
  static tryParse(text: string): Prefix | undefined {
    const slash = text.lastIndexOf('/');
    if (slash < 0) return undefined;
    const ip = Ip.tryParse(text.slice(0, slash));
    const length = text.slice(slash + 1);
    if (!ip || !LENGTH.test(length) || Number(length) > addressBits(ip.family)) return undefined;
    return new Prefix(ip, Number(length));
  }

  /** Like `tryParse`; throws DomainError `malformed` naming the text. */
  static parse(text: string): Prefix {
    const prefix = Prefix.tryParse(text);
    if (!prefix) throw malformed(`"${text}" is not a prefix; expected a form like 192.0.2.0/24 or 2001:db8::/64`);
    return prefix;
  }

  /**
   * Why a client or device cannot name this prefix; undefined when it can. IPv4 prefixes mapped into IPv6 are refused:
   * next to the IPv4 prefix itself they would be a second name for the same addresses.
   */
  static problem(text: string): string | undefined {
    const prefix = Prefix.tryParse(text);
    if (!prefix) return `${quoted(text, 60)} is not a prefix, expected a form like 10.0.0.0/16 or 2001:db8::/48`;
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

  /** True when the address has bits set below the prefix length, e.g. 10.0.0.1/24. */
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

  /** Count of all addresses, network and broadcast address included. */
  get size(): bigint {
    return 1n << BigInt(this.hostBits);
  }

  /** The same prefix without host bits. */
  masked(): Prefix {
    return this.hostBitsSet ? new Prefix(Ip.of(this.family, this.first), this.bits) : this;
  }

  contains(ip: Ip): boolean {
    return ip.family === this.family && ip.value >> BigInt(this.hostBits) === this.ip.value >> BigInt(this.hostBits);
  }

  /** True when every address of `other` is in this prefix. */
  containsPrefix(other: Prefix): boolean {
    return other.bits >= this.bits && this.contains(other.ip);
  }

  /** True when the two share an address; prefixes of different families never do. */
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
