import { readFileSync } from 'node:fs';
import { sleep } from '../../../src/shared/concurrency/timers.js';
import type { ServerProcess } from '../server-process.js';

/** A process is measured from this age on, in seconds: before, its caches and its heap fill. */
const SETTLED_AFTER = 60;

/** One life of a replica. */
interface Life {
  readonly replica: number;
  readonly began: number;
  /** MiB when it had settled; missing while it has not. */
  settled?: number;
  peak: number;
  last: number;
  /** Age at the last sample in seconds. */
  age: number;
}

/** Resident memory of replicas over time, for each process on its own, as each is killed sooner or later. */
export class ResidentMemory {
  private readonly lives = new Map<number, Life>();

  constructor(private readonly replicas: readonly { readonly process: ServerProcess }[]) {}

  /** Samples until `end` (milliseconds since the epoch). */
  async run(end: number): Promise<void> {
    while (Date.now() < end) {
      this.sample();
      await sleep(1000);
    }
  }

  sample(): void {
    for (const [replica, { process }] of this.replicas.entries()) {
      if (process.pid === undefined) continue;
      const now = residentMebibytes(process.pid);
      if (now === undefined) continue;
      const life = this.lives.get(process.pid) ?? { replica, began: Date.now(), peak: 0, last: 0, age: 0 };
      this.lives.set(process.pid, life);
      life.peak = Math.max(life.peak, now);
      life.last = now;
      life.age = Math.round((Date.now() - life.began) / 1000);
      if (life.age >= SETTLED_AFTER) life.settled ??= now;
    }
  }

  /** The processes that lived long enough to settle, with their age at the last sample. */
  get settledLives(): Required<Life>[] {
    return [...this.lives.values()].filter((life): life is Required<Life> => life.settled !== undefined);
  }

  get peak(): number {
    return Math.max(...[...this.lives.values()].map(({ peak }) => peak));
  }
}

/** Resident memory of a process (Linux); undefined if it is gone. */
function residentMebibytes(pid: number): number | undefined {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
  } catch {
    return undefined;
  }
}
