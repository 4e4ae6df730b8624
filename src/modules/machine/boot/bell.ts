/** Wakes one sleeper. A ring that nobody hears is kept for the next one who listens. */
export class Bell {
  private rung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Resolves with the next ring, or at once when it rang meanwhile. Rejects with the reason of `signal`. */
  async heard(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.rung) await this.next(signal);
    this.rung = false;
  }

  private async next(signal: AbortSignal): Promise<void> {
    let abort = (): void => {};
    try {
      await new Promise<void>((resolve, reject) => {
        this.wake = resolve;
        abort = () => reject(signal.reason as Error);
        signal.addEventListener('abort', abort, { once: true });
      });
    } finally {
      this.wake = undefined;
      signal.removeEventListener('abort', abort);
    }
  }
}
