/** Lets one of its users continue per round of the event loop, in the order in which they asked, so that others get their share. */
export class Turns {
  private readonly waiting: (() => void)[] = [];

  /** Resolves in the next round in which it is the user's turn. */
  next(): Promise<void> {
    return new Promise((begin) => {
      if (this.waiting.push(begin) === 1) setImmediate(this.begin);
    });
  }

  private readonly begin = (): void => {
    this.waiting.shift()?.();
    if (this.waiting.length > 0) setImmediate(this.begin);
  };
}
