import { readFileSync } from 'node:fs';
import { sleep } from '../../../src/shared/concurrency/timers.js';
import type { ServerProcess } from '../server-process.js';

/** A process is measured from this age on, in seconds: before, its caches and its heap fill. */
const SETTLED_AFTER = 60;

/** Seconds over which the lowest value counts: between two full garbage collections, memory grows by hundreds of MiB. */
const WINDOW = 60;

/** One life of a replica. */
interface Life {
  readonly replica: number;
  readonly began: number;
  /** MiB, at most one for each second. */
  readonly samples: { readonly age: number; readonly used: number }[];
}

/** A process that lived for two windows after it had settled. */
export interface SettledLife {
  readonly replica: number;
  /** The lowest MiB of the first window after it had settled, and of its last one. */
  readonly settled: number;
  readonly last: number;
  /** Age at the last sample in seconds. */
  readonly age: number;
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
      const life = this.lives.get(process.pid) ?? { replica, began: Date.now(), samples: [] };
      this.lives.set(process.pid, life);
      life.samples.push({ age: (Date.now() - life.began) / 1000, used: now });
    }
  }

  get settledLives(): SettledLife[] {
    return [...this.lives.values()].flatMap(({ replica, samples }) => {
      const { age } = samples.at(-1)!;
      if (age < SETTLED_AFTER + 2 * WINDOW) return [];
      const lowest = (from: number): number =>
        Math.min(...samples.filter((one) => one.age >= from && one.age <= from + WINDOW).map(({ used }) => used));
      return [{ replica, settled: lowest(SETTLED_AFTER), last: lowest(age - WINDOW), age: Math.round(age) }];
    });
  }

  get peak(): number {
    return Math.max(...[...this.lives.values()].flatMap(({ samples }) => samples.map(({ used }) => used)));
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
