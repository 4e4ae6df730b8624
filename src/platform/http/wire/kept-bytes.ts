/** Something that has bytes which it can make again. */
export interface Keeper {
  forget(): void;
}

/**
 * Bounds the bytes that many objects keep: when there are too many, those forget theirs that have had them for longest. Objects
 * that nothing else refers to are not kept alive, but their bytes count until it is their turn.
 */
export class KeptBytes {
  private readonly entries = new Set<{ readonly keeper: WeakRef<Keeper>; readonly bytes: number }>();
  private total = 0;

  /** `limit` in bytes. */
  constructor(private readonly limit: number) {}

  /** The object keeps this number of bytes from now on, and kept none before. */
  add(keeper: Keeper, bytes: number): void {
    this.entries.add({ keeper: new WeakRef(keeper), bytes });
    this.total += bytes;
    for (const entry of this.entries) {
      if (this.total <= this.limit) return;
      this.entries.delete(entry);
      this.total -= entry.bytes;
      entry.keeper.deref()?.forget();
    }
  }
}
