import { sleep } from '../../../src/shared/concurrency/timers.js';

const EVERY_MS = 50;
const PATIENCE_MS = 2000;

/** Asks servers all the time whether they are ready, and measures for how long at a stretch each was not. */
export class Readiness {
  private readonly longest = new Map<string, number>();
  private over = false;
  private readonly watches: Promise<unknown>;

  /** `servers` are addresses by names. */
  constructor(servers: Readonly<Record<string, string>>) {
    this.watches = Promise.all(Object.entries(servers).map(([name, url]) => this.watch(name, url)));
  }

  /** Ends the watch. Returns the longest time without readiness of each server, in milliseconds. */
  async end(): Promise<ReadonlyMap<string, number>> {
    this.over = true;
    await this.watches;
    return this.longest;
  }

  private async watch(name: string, url: string): Promise<void> {
    this.longest.set(name, 0);
    let readyAt = Date.now();
    let hasFailed = false;
    while (!this.over) {
      const ready = await isReady(url);
      hasFailed ||= !ready;
      if (hasFailed) this.longest.set(name, Math.max(this.longest.get(name)!, Date.now() - readyAt));
      if (ready) [readyAt, hasFailed] = [Date.now(), false];
      await sleep(EVERY_MS);
    }
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}ready`, { signal: AbortSignal.timeout(PATIENCE_MS) })).ok;
  } catch {
    return false;
  }
}
