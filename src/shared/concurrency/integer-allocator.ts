import { MinHeap } from './min-heap.js';

/** Closed interval of integers. */
export interface IntegerRange {
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Allocates integers of a range. An integer that is in use is either recorded (it has a stored document) or claimed
 * (this process is about to write the document). Finding the lowest free integer takes time logarithmic in the number
 * of freed ones, regardless of the number in use: each integer below the cursor is in use, reserved or a hole.
 */
export class IntegerAllocator {
  private readonly recorded = new Set<bigint>();
  private readonly claimed = new Set<bigint>();
  private readonly holes = new MinHeap();
  private cursor: bigint;

  /** Integers in `reserved` are never free, and do not count as used. */
  constructor(
    private readonly range: IntegerRange,
    private readonly reserved: readonly IntegerRange[] = [],
  ) {
    this.cursor = range.first;
  }

  /** Number of recorded integers. */
  get used(): number {
    return this.recorded.size;
  }

  /** Whether no integer is recorded or claimed, so that this object can be discarded. */
  get idle(): boolean {
    return this.recorded.size === 0 && this.claimed.size === 0;
  }

  isFree(value: bigint): boolean {
    return this.inRange(value) && !this.reservedAround(value) && !this.recorded.has(value) && !this.claimed.has(value);
  }

  /** Claims the lowest free integer; returns `undefined` if none is left. Must be followed by `settle`. */
  claimLowest(): bigint | undefined {
    for (let hole = this.holes.pop(); hole !== undefined; hole = this.holes.pop()) {
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

  /** Claims this integer; returns false if it is not free. Must be followed by `settle`. */
  claim(value: bigint): boolean {
    if (!this.isFree(value)) return false;
    this.take(value);
    return true;
  }

  /** Ends a claim: from now on the integer is in use only if it was recorded. */
  settle(value: bigint): void {
    if (this.claimed.delete(value)) this.remember(value);
  }

  /** Records that a document for this integer exists. */
  record(value: bigint): void {
    if (this.inRange(value)) this.recorded.add(value);
  }

  /** Records that the document for this integer was removed. */
  forget(value: bigint): void {
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

  private reservedAround(value: bigint): IntegerRange | undefined {
    return this.reserved.find((range) => range.first <= value && value <= range.last);
  }
}
