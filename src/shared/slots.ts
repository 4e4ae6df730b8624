import { MinHeap } from './min-heap.js';

/** Closed interval of integers. */
export interface SlotRange {
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Which integers of a range are taken. A taken integer is either recorded (a stored document says so) or claimed (this
 * process is about to write that document). Finding the lowest free one costs the logarithm of the number of freed
 * ones, however many are taken: everything below the cursor is taken or among the holes.
 */
export class Slots {
  private readonly recorded = new Set<bigint>();
  private readonly claimed = new Set<bigint>();
  private readonly holes = new MinHeap();
  private cursor: bigint;

  /** Integers of `reserved` are never free and not counted as used. */
  constructor(
    private readonly range: SlotRange,
    private readonly reserved: readonly SlotRange[] = [],
  ) {
    this.cursor = range.first;
  }

  /** Number of recorded integers. */
  get used(): number {
    return this.recorded.size;
  }

  /** True when nothing is recorded or claimed: forgetting this object loses nothing. */
  get idle(): boolean {
    return this.recorded.size === 0 && this.claimed.size === 0;
  }

  isFree(value: bigint): boolean {
    return this.inRange(value) && !this.reservedAround(value) && !this.recorded.has(value) && !this.claimed.has(value);
  }

  /** Takes the lowest free integer; `undefined` when none is left. Follow with `settle`. */
  claimLowest(): bigint | undefined {
    for (let hole = this.holes.take(); hole !== undefined; hole = this.holes.take()) {
      if (this.isFree(hole)) return this.take(hole);
    }
    while (this.cursor <= this.range.last) {
      const value = this.cursor;
      const reserved = this.reservedAround(value);
      this.cursor = reserved ? reserved.last + 1n : value + 1n;
      if (this.isFree(value)) return this.take(value);
    }
    return undefined;
  }

  /** Takes this integer; false when it is not free. Follow with `settle`. */
  claim(value: bigint): boolean {
    if (!this.isFree(value)) return false;
    this.take(value);
    return true;
  }

  /** Ends a claim: from now on the integer is taken only if it was recorded. */
  settle(value: bigint): void {
    if (this.claimed.delete(value)) this.remember(value);
  }

  /** A document for this integer exists. */
  record(value: bigint): void {
    if (this.inRange(value)) this.recorded.add(value);
  }

  /** The document for this integer is gone. */
  erase(value: bigint): void {
    if (this.recorded.delete(value)) this.remember(value);
  }

  private take(value: bigint): bigint {
    this.claimed.add(value);
    return value;
  }

  private remember(value: bigint): void {
    if (value < this.cursor && this.isFree(value)) this.holes.add(value);
  }

  private inRange(value: bigint): boolean {
    return value >= this.range.first && value <= this.range.last;
  }

  private reservedAround(value: bigint): SlotRange | undefined {
    return this.reserved.find((range) => range.first <= value && value <= range.last);
  }
}
