import { DomainError, isDomainError } from '../../shared/errors/domain-error.js';
import { Ip } from '../../shared/net/ip.js';
import { Prefix } from '../../shared/net/prefix.js';
import { IntegerAllocator } from '../../shared/concurrency/integer-allocator.js';
import { reservedAddresses } from './ipam.js';

/**
 * Several processes may try to acquire the same address; after each lost race, this process knows another taken
 * address.
 */
const ATTEMPTS = 1000;

/**
 * Writes the document of an address. Must throw `already-exists` when there is one: that is the lock
 * (docs/concepts/design.md#unique-keys).
 */
export type StoreAddress<T> = (ip: Ip, prefix: string) => Promise<T>;

/**
 * The taken addresses of each prefix, in this process's memory. The feature that stores addresses reports every change.
 * Prefixes are canonical texts.
 */
export class AddressAllocator {
  private readonly pools = new Map<string, IntegerAllocator>();

  /** A document for this address exists. */
  record(prefix: string, ip: Ip): void {
    this.pool(prefix).record(ip.value);
  }

  /** The document for this address was removed. */
  erase(prefix: string, ip: Ip): void {
    this.pool(prefix).forget(ip.value);
    this.forgetIdle(prefix);
  }

  /** Number of taken addresses of a prefix, without the reserved ones. */
  count(prefix: string): number {
    return this.pools.get(prefix)?.used ?? 0;
  }

  /**
   * Acquires the lowest free address of the first prefix that has one; returns `undefined` if all are full. The cost
   * does not depend on the number of taken addresses. Throws the errors of `store`, except `already-exists`, after
   * which the next address is tried.
   */
  async acquireLowest<T>(prefixes: readonly string[], store: StoreAddress<T>): Promise<T | undefined> {
    for (const prefix of prefixes) {
      const stored = await this.lowestOf(prefix, store);
      if (stored) return stored.value;
    }
    return undefined;
  }

  /**
   * Acquires this address. Throws `conflict` if it is taken or reserved
   * (docs/reference/ip-addresses.md#allocate-an-address step 7).
   */
  async acquireSpecific<T>(prefix: string, ip: Ip, store: StoreAddress<T>): Promise<T> {
    const pool = this.pool(prefix);
    if (!pool.claim(ip.value)) throw taken(ip, Prefix.parse(prefix));
    try {
      return await store(ip, prefix);
    } catch (error) {
      throw isDomainError(error, 'already-exists') ? taken(ip, Prefix.parse(prefix)) : error;
    } finally {
      this.settle(prefix, pool, [ip.value]);
    }
  }

  private async lowestOf<T>(prefix: string, store: StoreAddress<T>): Promise<{ value: T } | undefined> {
    const { family } = Prefix.parse(prefix);
    const pool = this.pool(prefix);
    // Kept until the end, so that an address just taken by another request is not tried twice.
    const claimed: bigint[] = [];
    try {
      while (claimed.length < ATTEMPTS) {
        const value = pool.claimLowest();
        if (value === undefined) return undefined;
        claimed.push(value);
        try {
          return { value: await store(Ip.of(family, value), prefix) };
        } catch (error) {
          if (!isDomainError(error, 'already-exists')) throw error;
        }
      }
    } finally {
      this.settle(prefix, pool, claimed);
    }
    throw new DomainError('conflict', `too many concurrent allocations in ${prefix}, retry`);
  }

  private settle(prefix: string, pool: IntegerAllocator, claimed: readonly bigint[]): void {
    for (const value of claimed) pool.settle(value);
    this.forgetIdle(prefix);
  }

  private pool(prefix: string): IntegerAllocator {
    let pool = this.pools.get(prefix);
    if (!pool) {
      const whole = Prefix.parse(prefix);
      const reserved = reservedAddresses(whole).map((value) => ({ first: value, last: value }));
      pool = new IntegerAllocator({ first: whole.first, last: whole.last }, reserved);
      this.pools.set(prefix, pool);
    }
    return pool;
  }

  /** Frees the memory of a prefix without taken addresses; prefixes are added and removed with networks. */
  private forgetIdle(prefix: string): void {
    if (this.pools.get(prefix)?.idle) this.pools.delete(prefix);
  }
}

function taken(ip: Ip, prefix: Prefix): DomainError {
  const reserved = reservedAddresses(prefix).includes(ip.value);
  const reason = reserved ? `the network or broadcast address of ${prefix.toString()}` : 'already allocated';
  return new DomainError('conflict', `address ${ip.toString()} is ${reason}`);
}
