/** Maximum usage at the same time, in total and per key. */
export interface ConcurrencyLimits {
  readonly total: number;
  readonly each: number;
}

/** Counts usage in total and per key. */
export class ConcurrencyLimiter {
  private readonly used = new Map<string, number>();
  private sum = 0;

  constructor(private readonly limits: ConcurrencyLimits) {}

  /** Total usage of all keys. */
  get inUse(): number {
    return this.sum;
  }

  /**
   * Acquires `units` and returns an idempotent release function; undefined, without acquiring, if that exceeds a limit.
   */
  take(key: string, units = 1): (() => void) | undefined {
    if (!this.has(key, units)) return undefined;
    this.add(key, units);
    let held = true;
    return () => {
      if (held) this.add(key, -units);
      held = false;
    };
  }

  /** Whether `units` could be acquired now. */
  has(key: string, units = 1): boolean {
    return this.sum + units <= this.limits.total && (this.used.get(key) ?? 0) + units <= this.limits.each;
  }

  private add(key: string, units: number): void {
    this.sum += units;
    const used = (this.used.get(key) ?? 0) + units;
    if (used > 0) this.used.set(key, used);
    else this.used.delete(key);
  }
}
