import { isDomainError, DomainError, invalid } from '../../shared/errors/domain-error.js';
import { IntegerAllocator, type IntegerRange } from '../../shared/concurrency/integer-allocator.js';
import type { Table } from '../../platform/store/table.js';
import type { PoolNumber, PoolUse } from './pool.js';

/**
 * Several processes may try to acquire the same number; after each lost race, this process knows another taken number.
 */
const ATTEMPTS = 1000;

/**
 * Numbers allocated to owners. Storing the document of a number is the lock on it
 * (docs/concepts/design.md#unique-keys).
 */
export class NumberPool {
  private readonly allocator: IntegerAllocator;

  /** `what` names a number in messages, e.g. `VRF`. */
  constructor(
    private readonly what: string,
    private readonly table: Table<PoolNumber, 'owner'>,
    private readonly range: IntegerRange,
    reserved: readonly IntegerRange[],
    private readonly now: () => string,
  ) {
    this.allocator = new IntegerAllocator(range, reserved);
    for (const { id } of table.list()) this.allocator.record(BigInt(id));
    table.watch((change) => {
      if (change.type === 'put') this.allocator.record(BigInt(change.id));
      if (change.type === 'removed') this.allocator.forget(BigInt(change.id));
    });
  }

  /** Acquires the lowest free number for `owner`. Throws `exhausted`. */
  async acquire(owner: string): Promise<number> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const number = this.allocator.claimLowest();
      if (number === undefined) break;
      if (await this.store(number, owner)) return Number(number);
    }
    throw new DomainError('exhausted', `no free ${this.what} left, all of ${this.bounds} are taken`);
  }

  /**
   * Acquires this number for `owner`; a number with other owners only if `share` is set. Throws `invalid` if it is out
   * of range and `conflict` if it is taken. Reserved numbers are allowed, because an operator requests them explicitly.
   */
  async acquireSpecific(number: number, owner: string, share: boolean): Promise<void> {
    const value = Number.isSafeInteger(number) ? BigInt(number) : -1n;
    if (value < this.range.first || value > this.range.last)
      throw invalid(`${this.what} ${number} is out of range, expected a number in ${this.bounds}`);
    await this.table.upsert(String(number), (current) => {
      if (current?.owners.includes(owner)) return current;
      if (current && !share) throw new DomainError('conflict', `${this.what} ${number} is already taken`);
      return { id: String(number), acquired: this.now(), ...current, owners: [...(current?.owners ?? []), owner] };
    });
  }

  /** Numbers of an owner, ascending. */
  ownedBy(owner: string): number[] {
    return this.table
      .by('owner', owner)
      .map(({ id }) => Number(id))
      .sort((a, b) => a - b);
  }

  /** All numbers that have owners, ascending. */
  inUse(): PoolUse[] {
    return [...this.table.list()]
      .map(({ id, owners }) => ({ number: Number(id), owners }))
      .sort((a, b) => a.number - b.number);
  }

  /** Every ownership, with the time when its number was first acquired. */
  *owners(): Iterable<{ owner: string; acquired: string }> {
    for (const { owners, acquired } of this.table.list()) for (const owner of owners) yield { owner, acquired };
  }

  /**
   * Releases all numbers of `owner`, and `recorded`, a number that it is known to have: memory may not yet show what
   * another process acquired. Other owners of a shared number keep it. Idempotent.
   */
  async releaseAll(owner: string, recorded?: number): Promise<void> {
    const numbers = new Set(this.ownedBy(owner));
    if (recorded !== undefined) numbers.add(recorded);
    for (const number of numbers) await this.release(number, owner);
  }

  /** Ends one ownership; does nothing if, according to the database, `owner` does not own the number. */
  async release(number: number, owner: string): Promise<void> {
    const id = String(number);
    for (let current = await this.ownership(id, owner); current?.owners.includes(owner);) {
      const owners = current.owners.filter((other) => other !== owner);
      try {
        if (owners.length === 0) await this.table.remove(id, current.revision);
        else await this.table.replace({ ...current, owners }, current.revision);
        return;
      } catch (error) {
        if (!isDomainError(error, 'conflict')) throw error;
        current = await this.table.readFresh(id);
      }
    }
  }

  /** The number from memory if `owner` owns it there, else from the database. */
  private async ownership(id: string, owner: string): Promise<PoolNumber | undefined> {
    const known = this.table.get(id);
    return known?.owners.includes(owner) ? known : this.table.readFresh(id);
  }

  /** Returns false if another request was faster. */
  private async store(number: bigint, owner: string): Promise<boolean> {
    try {
      await this.table.insert({ id: String(number), owners: [owner], acquired: this.now() });
      return true;
    } catch (error) {
      if (isDomainError(error, 'already-exists')) return false;
      // The write may have been applied nevertheless: the owner must see the number in order to release it after a
      // failure.
      await this.table.readFresh(String(number)).catch(() => undefined);
      throw error;
    } finally {
      this.allocator.settle(number);
    }
  }

  private get bounds(): string {
    return `${this.range.first}..${this.range.last}`;
  }
}
