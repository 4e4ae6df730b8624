/** Auto-reset event that wakes a single waiter. A notification without a waiter is kept for the next call of `wait`. */
export class WakeSignal {
  private rung = false;
  private wake: (() => void) | undefined;

  notify(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Resolves with the next notification, or at once if one is pending. Rejects with the reason of `signal`. */
  async wait(signal: AbortSignal): Promise<void> {
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
