/** Passes items from several producers, who wait while it is full, to one consumer. */
export class Channel<T> {
  private items: T[] = [];
  private ended: { readonly error?: unknown } | undefined;
  private wakeConsumer: () => void = () => undefined;
  private wakeProducers: (() => void)[] = [];

  constructor(private readonly capacity: number) {}

  /** Resolves when there was room. Throws once the channel has ended. */
  async put(item: T): Promise<void> {
    while (this.items.length >= this.capacity && this.ended === undefined) {
      await new Promise<void>((resolve) => this.wakeProducers.push(resolve));
    }
    if (this.ended !== undefined) throw new Error('the channel has ended');
    this.items.push(item);
    this.wakeConsumer();
  }

  /** The consumer still gets what was put before, then `error` if there is one. Repeated calls change nothing. */
  end(error?: unknown): void {
    this.ended ??= error === undefined ? {} : { error };
    this.release();
    this.wakeConsumer();
  }

  async *pages(): AsyncIterable<readonly T[]> {
    for (;;) {
      if (this.items.length > 0) {
        const page = this.items;
        this.items = [];
        this.release();
        yield page;
      } else if (this.ended !== undefined) {
        if ('error' in this.ended) throw this.ended.error;
        return;
      } else {
        await new Promise<void>((resolve) => (this.wakeConsumer = resolve));
      }
    }
  }

  private release(): void {
    for (const wake of this.wakeProducers.splice(0)) wake();
  }
}
