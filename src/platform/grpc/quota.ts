/** How much may be in use at the same time, in total and by one key. */
export interface QuotaLimits {
  readonly total: number;
  readonly each: number;
}

/** Counts what is in use, in total and by key. */
export class Quota {
  private readonly used = new Map<string, number>();
  private sum = 0;

  constructor(private readonly limits: QuotaLimits) {}

  /** How much is in use by all keys together. */
  get inUse(): number {
    return this.sum;
  }

  /** Takes `units`; returns how to give them back, once. Undefined, and nothing taken, when that is too much. */
  take(key: string, units = 1): (() => void) | undefined {
    if (!this.has(key, units)) return undefined;
    this.add(key, units);
    let held = true;
    return () => {
      if (held) this.add(key, -units);
      held = false;
    };
  }

  /** Whether so much could be taken now. */
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
