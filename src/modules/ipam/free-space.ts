import { Ip } from '../../shared/net/ip.js';
import { Prefix } from '../../shared/net/prefix.js';

/**
 * The free part of a prefix, as the smallest number of aligned blocks. Blocks are split and merged along the binary
 * tree of halves below the prefix, so they depend only on what is free, not on the order of operations.
 */
export class FreeSpace {
  /** Lowest address numbers of the free blocks, ascending, by prefix length. */
  private readonly blocks = new Map<number, bigint[]>();

  private constructor(readonly whole: Prefix) {}

  /** Everything is free. */
  static all(whole: Prefix): FreeSpace {
    return FreeSpace.of(whole, [whole]);
  }

  /** Exactly these blocks are free, as returned by `free`. */
  static of(whole: Prefix, free: readonly Prefix[]): FreeSpace {
    const space = new FreeSpace(whole);
    for (const block of free) space.add(block.bits, block.first);
    return space;
  }

  /** The free blocks, ascending by address. */
  free(): Prefix[] {
    return [...this.blocks]
      .flatMap(([bits, firsts]) => firsts.map((first) => Prefix.of(Ip.of(this.whole.family, first), bits)))
      .sort((a, b) => Prefix.compare(a, b));
  }

  /**
   * Takes a block of this length out of the smallest free block that is large enough, and among equals the one with the
   * lowest address (best fit, docs/reference/ipam.md#acquire-a-child-prefix). Returns `undefined` if there is none.
   */
  take(bits: number): Prefix | undefined {
    for (let length = bits; length >= this.whole.bits; length -= 1) {
      const first = this.blocks.get(length)?.shift();
      if (first === undefined) continue;
      for (let half = length + 1; half <= bits; half += 1) this.add(half, first + this.sizeOf(half));
      return Prefix.of(Ip.of(this.whole.family, first), bits);
    }
    return undefined;
  }

  /** Returns a block to the free space. Throws RangeError if it is outside the prefix or, even partly, free already. */
  release(block: Prefix): void {
    if (!this.whole.containsPrefix(block))
      throw new RangeError(`${block.toString()} is not inside ${this.whole.toString()}`);
    if (this.overlapsFree(block)) throw new RangeError(`${block.toString()} is already free, at least in part`);
    let [bits, first] = [block.bits, block.first];
    while (bits > this.whole.bits && this.drop(bits, first ^ this.sizeOf(bits))) {
      bits -= 1;
      first &= ~this.sizeOf(bits + 1);
    }
    this.add(bits, first);
  }

  private overlapsFree(block: Prefix): boolean {
    for (const [bits, firsts] of this.blocks) {
      const size = this.sizeOf(bits);
      const at = position(firsts, block.first - size + 1n);
      const next = firsts[at];
      if (next !== undefined && next <= block.last) return true;
    }
    return false;
  }

  private add(bits: number, first: bigint): void {
    const firsts = this.blocks.get(bits);
    if (!firsts) this.blocks.set(bits, [first]);
    else firsts.splice(position(firsts, first), 0, first);
  }

  /** Removes a free block; returns false if there is none. */
  private drop(bits: number, first: bigint): boolean {
    const firsts = this.blocks.get(bits);
    const at = firsts ? position(firsts, first) : 0;
    if (firsts?.[at] !== first) return false;
    firsts.splice(at, 1);
    return true;
  }

  private sizeOf(bits: number): bigint {
    return 1n << BigInt(this.whole.bits + this.whole.hostBits - bits);
  }
}

/** Index of the first element that is not below `value`. */
function position(sorted: readonly bigint[], value: bigint): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as bigint) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
