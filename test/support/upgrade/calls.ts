import { status as GrpcStatus } from '@grpc/grpc-js';
import { RestError } from '../../../src/agent/rest-client.js';
import { sleep } from '../../../src/shared/concurrency/timers.js';

/** Back-off between two attempts, and how long a call may go without success, in milliseconds. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 2_000;
const PATIENCE = 60_000;

/** What all clients together have experienced. */
export class Calls {
  /** Calls that have succeeded, by what they are, and attempts that have failed, by why. */
  readonly done: Record<string, number> = {};
  readonly failed: Record<string, number> = {};
  /** Calls that no retry has cured, and answers that blame the server. */
  readonly violations: string[] = [];
  private succeededAt = Date.now();
  private longestSilence = 0;
  private longestCall = 0;

  /** Starts a new measurement. */
  reset(): void {
    for (const counts of [this.done, this.failed]) for (const key of Object.keys(counts)) delete counts[key];
    this.succeededAt = Date.now();
    this.longestSilence = this.longestCall = 0;
  }

  get total(): number {
    return sum(this.done);
  }

  /** Calls that have succeeded, attempts that have not, and the longest times in milliseconds. */
  get figures() {
    const { total, longestCall, longestSilence } = this;
    return { total, retries: sum(this.failed), longestCall, longestSilence };
  }

  summary(): string {
    const { total, retries, longestCall, longestSilence } = this.figures;
    const reasons = Object.entries(this.failed).map(([why, count]) => `${count} × ${why}`);
    return (
      `${total} calls, ${retries} retries (${reasons.join(', ') || 'none'}), longest time from the first ` +
      `attempt to success ${longestCall} ms, longest time without any success ${longestSilence} ms`
    );
  }

  /**
   * Makes a call as the controllers over metal-go do: the client does not retry, the controller repeats with back-off.
   * `find` looks first whether an attempt without an answer has had its effect.
   */
  async persist<T>(what: string, attempt: () => Promise<T>, find?: () => Promise<T | undefined>): Promise<T> {
    const began = Date.now();
    for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        return this.succeeded(what, began, await attempt());
      } catch (error) {
        this.judge(what, began, error);
      }
      await sleep(wait);
      const found = await (find && this.persist(`find after ${what}`, find));
      if (found !== undefined) return this.succeeded(what, began, found);
    }
  }

  private succeeded<T>(what: string, began: number, result: T): T {
    const now = Date.now();
    this.done[what] = (this.done[what] ?? 0) + 1;
    this.longestSilence = Math.max(this.longestSilence, now - this.succeededAt);
    this.longestCall = Math.max(this.longestCall, now - began);
    this.succeededAt = now;
    return result;
  }

  /** Throws what another attempt would not cure. */
  private judge(what: string, began: number, error: unknown): void {
    const reason = transient(error);
    if (reason === undefined) throw error;
    const key = `${what}: ${reason}`;
    this.failed[key] = (this.failed[key] ?? 0) + 1;
    if (Date.now() - began < PATIENCE) return;
    throw new Error(`${what}: still ${reason} after ${PATIENCE} ms`, { cause: error });
  }
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** Why a client tries again; undefined for a refusal. A 500 is no reason: the server must not have faults. */
function transient(error: unknown): string | undefined {
  if (error instanceof RestError) {
    const isLostRace = error.status === 409 && error.message.includes('please retry');
    return isLostRace || TRANSIENT.has(error.status) ? String(error.status) : undefined;
  }
  const { code, message } = error as { code?: unknown; message: string };
  if (typeof code !== 'number') return `no answer (${message.replace(/.*: /, '')})`;
  return TRANSIENT_GRPC.has(code) ? GrpcStatus[code] : undefined;
}

const TRANSIENT: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const TRANSIENT_GRPC: ReadonlySet<number> = new Set([GrpcStatus.UNAVAILABLE, GrpcStatus.DEADLINE_EXCEEDED]);
