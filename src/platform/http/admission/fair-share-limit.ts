/** Why a budget refuses an amount: the caller's share, or the whole budget, is in use. */
export type Shortage = 'caller' | 'all';

/**
 * A resource shared by all callers, such as bytes of memory. A single caller can use half of it, so that it cannot
 * block the others. A caller that holds nothing may exceed its half, and a sole holder may exceed the limit, so no
 * request is too large forever.
 */
export class FairShareLimit {
  private used = 0;
  /** Amount held by each caller; objects, so that a change needs a single map lookup. */
  private readonly shares = new Map<string, { held: number }>();

  constructor(private readonly limit: number) {}

  /** Total amount granted to all callers at present. */
  get granted(): number {
    return this.used;
  }

  /** Grants `amount` and returns undefined, or grants nothing and returns the shortage. */
  take(caller: string, amount: number): Shortage | undefined {
    const share = this.shares.get(caller);
    if (share && share.held + amount > this.limit / 2) return 'caller';
    if (this.used > 0 && this.used + amount > this.limit) return 'all';
    this.used += amount;
    if (share) share.held += amount;
    else this.shares.set(caller, { held: amount });
    return undefined;
  }

  /** Releases a granted amount. */
  release(caller: string, amount: number): void {
    this.used -= amount;
    const share = this.shares.get(caller);
    if (share && (share.held -= amount) <= 0) this.shares.delete(caller);
  }
}
