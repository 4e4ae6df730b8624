/** Why a budget does not grant something: the caller has its share already, or all of it is in use. */
export type Shortage = 'caller' | 'all';

/**
 * Something that all callers share, such as bytes of memory. One caller may have half of it, so that a single one cannot
 * keep out the others. A caller that holds nothing may exceed its half, and a single holder may exceed the
 * limit: no request is too large for ever.
 */
export class Budget {
  private used = 0;
  private readonly shares = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** What is granted at present, to all callers together. */
  get granted(): number {
    return this.used;
  }

  /** Grants `amount` and returns undefined, or tells what is short and grants nothing. */
  take(caller: string, amount: number): Shortage | undefined {
    const own = this.shares.get(caller) ?? 0;
    if (own > 0 && own + amount > this.limit / 2) return 'caller';
    if (this.used > 0 && this.used + amount > this.limit) return 'all';
    this.used += amount;
    this.shares.set(caller, own + amount);
    return undefined;
  }

  /** Takes back what was granted. */
  release(caller: string, amount: number): void {
    this.used -= amount;
    const own = (this.shares.get(caller) ?? 0) - amount;
    if (own > 0) this.shares.set(caller, own);
    else this.shares.delete(caller);
  }
}
