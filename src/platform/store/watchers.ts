import type { Change, Unsubscribe } from './table.js';

/**
 * Notifies listeners of changes, strictly in order: a change caused by a listener is delivered after all listeners have
 * received the current one. A listener that throws is reported and does not affect the others.
 */
export class Watchers<T> {
  private readonly listeners = new Set<{ readonly hear: (change: Change<T>) => void }>();
  private readonly pending: Change<T>[] = [];
  private telling = false;

  constructor(private readonly report: (message: string, error: unknown) => void) {}

  add(hear: (change: Change<T>) => void): Unsubscribe {
    const listener = { hear };
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  tell(change: Change<T>): void {
    if (this.listeners.size === 0) return;
    this.pending.push(change);
    if (this.telling) return;
    this.telling = true;
    try {
      for (let next = this.pending.shift(); next !== undefined; next = this.pending.shift()) this.tellAll(next);
    } finally {
      this.telling = false;
    }
  }

  private tellAll(change: Change<T>): void {
    for (const listener of [...this.listeners]) {
      try {
        listener.hear(change);
      } catch (error) {
        this.report(`a watcher failed on "${change.type}"`, error);
      }
    }
  }
}
