import { isDomainError, DomainError, invalid } from '../../shared/errors/domain-error.js';
import { Slots, type SlotRange } from '../../shared/slots.js';
import type { Table } from '../../platform/store/table.js';
import type { PoolNumber, PoolUse } from './pool.js';

/** Several processes may reach for the same number; each lost race teaches this one a number that is taken. */
const ATTEMPTS = 1000;

/** Numbers that are handed out to owners. Storing the document of a number is the lock on it (design D3.1). */
export class NumberPool {
  private readonly slots: Slots;

  /** `what` names a number in messages, e.g. `VRF`. */
  constructor(
    private readonly what: string,
    private readonly table: Table<PoolNumber, 'owner'>,
    private readonly range: SlotRange,
    reserved: readonly SlotRange[],
    private readonly now: () => string,
  ) {
    this.slots = new Slots(range, reserved);
    for (const { id } of table.list()) this.slots.record(BigInt(id));
    table.watch((change) => {
      if (change.type === 'put') this.slots.record(BigInt(change.id));
      if (change.type === 'removed') this.slots.erase(BigInt(change.id));
    });
  }

  /** The lowest free number, now owned by `owner`. Throws `exhausted`. */
  async acquire(owner: string): Promise<number> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const number = this.slots.claimLowest();
      if (number === undefined) break;
      if (await this.store(number, owner)) return Number(number);
    }
    throw new DomainError('exhausted', `no free ${this.what} is left, all of ${this.bounds} are taken`);
  }

  /**
   * This number, now owned by `owner`; one that others own only when `share` is set. Throws `invalid` when it is out of
   * range and `conflict` when it is taken. Reserved numbers may be asked for: it is the operator who does.
   */
  async acquireThis(number: number, owner: string, share: boolean): Promise<void> {
    const value = Number.isSafeInteger(number) ? BigInt(number) : -1n;
    if (value < this.range.first || value > this.range.last)
      throw invalid(`${this.what} ${number} is out of range, expected a number of ${this.bounds}`);
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

  /** Every ownership, with the time at which its number was first acquired. */
  *owners(): Iterable<{ owner: string; acquired: string }> {
    for (const { owners, acquired } of this.table.list()) for (const owner of owners) yield { owner, acquired };
  }

  /**
   * Frees everything `owner` has, and also `recorded`, the number that it is known to have: memory may not show yet what
   * another process acquired. What others share with it stays theirs. Idempotent.
   */
  async releaseAll(owner: string, recorded?: number): Promise<void> {
    const numbers = new Set(this.ownedBy(owner));
    if (recorded !== undefined) numbers.add(recorded);
    for (const number of numbers) await this.release(number, owner);
  }

  /** Ends one ownership; nothing happens when `owner`, as the database says, does not own the number. */
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
        current = await this.table.fresh(id);
      }
    }
  }

  /** The number as memory has it when `owner` owns it there, else as the database has it. */
  private async ownership(id: string, owner: string): Promise<PoolNumber | undefined> {
    const known = this.table.get(id);
    return known?.owners.includes(owner) ? known : this.table.fresh(id);
  }

  /** False when somebody else was faster. */
  private async store(number: bigint, owner: string): Promise<boolean> {
    try {
      await this.table.insert({ id: String(number), owners: [owner], acquired: this.now() });
      return true;
    } catch (error) {
      if (isDomainError(error, 'already-exists')) return false;
      // The number may be the owner's all the same: whoever gives up now must see it to give it back.
      await this.table.fresh(String(number)).catch(() => undefined);
      throw error;
    } finally {
      this.slots.settle(number);
    }
  }

  private get bounds(): string {
    return `${this.range.first}..${this.range.last}`;
  }
}
