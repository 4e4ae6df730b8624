import { DomainError, isDomainError } from '../../shared/errors/domain-error.js';
import { Ip } from '../../shared/net/ip.js';
import { Prefix } from '../../shared/net/prefix.js';
import { Slots } from '../../shared/slots.js';
import { reservedAddresses } from './ipam.js';

/** Several processes may reach for the same address; each lost race teaches this one an address that is taken. */
const ATTEMPTS = 1000;

/** Writes the document of an address. Must throw `already-exists` when there is one: that is the lock (design D3.1). */
export type StoreAddress<T> = (ip: Ip, prefix: string) => Promise<T>;

/**
 * Which addresses of which prefixes are taken, in this process's memory. The feature that keeps the documents of
 * addresses tells every change; prefixes are canonical texts.
 */
export class AddressBook {
  private readonly pools = new Map<string, Slots>();

  /** A document for this address exists. */
  record(prefix: string, ip: Ip): void {
    this.pool(prefix).record(ip.value);
  }

  /** The document for this address is gone. */
  erase(prefix: string, ip: Ip): void {
    this.pool(prefix).erase(ip.value);
    this.forgetIdle(prefix);
  }

  /** Number of addresses of a prefix that are taken, without those that nobody can take. */
  count(prefix: string): number {
    return this.pools.get(prefix)?.used ?? 0;
  }

  /**
   * Takes the lowest free address of the first prefix that has one; `undefined` when none has. Costs the same however
   * many are taken. Throws what `store` throws, except `already-exists`, which makes it go on.
   */
  async acquireLowest<T>(prefixes: readonly string[], store: StoreAddress<T>): Promise<T | undefined> {
    for (const prefix of prefixes) {
      const stored = await this.lowestOf(prefix, store);
      if (stored) return stored.value;
    }
    return undefined;
  }

  /** Takes this address. Throws `conflict` when it is taken or one that nobody can take (reference/20 §3.1 step 7). */
  async acquireThis<T>(prefix: string, ip: Ip, store: StoreAddress<T>): Promise<T> {
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
    // Held until the end, so that an address which somebody else has just taken is not tried twice.
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
    throw new DomainError('conflict', `too many others take addresses of ${prefix} at the same time, please retry`);
  }

  private settle(prefix: string, pool: Slots, claimed: readonly bigint[]): void {
    for (const value of claimed) pool.settle(value);
    this.forgetIdle(prefix);
  }

  private pool(prefix: string): Slots {
    let pool = this.pools.get(prefix);
    if (!pool) {
      const whole = Prefix.parse(prefix);
      const reserved = reservedAddresses(whole).map((value) => ({ first: value, last: value }));
      pool = new Slots({ first: whole.first, last: whole.last }, reserved);
      this.pools.set(prefix, pool);
    }
    return pool;
  }

  /** Prefixes come and go with networks; what holds nothing needs no memory. */
  private forgetIdle(prefix: string): void {
    if (this.pools.get(prefix)?.idle) this.pools.delete(prefix);
  }
}

function taken(ip: Ip, prefix: Prefix): DomainError {
  const reserved = reservedAddresses(prefix).includes(ip.value);
  const reason = reserved ? `the network or broadcast address of ${prefix.toString()}` : 'already allocated';
  return new DomainError('conflict', `address ${ip.toString()} is ${reason}`);
}
