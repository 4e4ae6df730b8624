import { ServerInterceptingCall, status } from '@grpc/grpc-js';
import type { ServerInterceptor } from '@grpc/grpc-js';
import { after } from '../../shared/concurrency/timers.js';
import { addressOfPeer, networkOf } from './caller.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';
import type { ConcurrencyLimits } from './concurrency-limiter.js';

export interface ReceiveLimits {
  /** Calls whose message is being read; the data received so far is held in memory. */
  readonly reading: ConcurrencyLimits;
  /** Calls whose message is incomplete, including those being read. */
  readonly opened: ConcurrencyLimits;
  /** Maximum time from the start of a call until its message is complete, in milliseconds. */
  readonly timeout: number;
}

/**
 * Limits the number of calls that send their message concurrently; the rest queue, while flow control keeps their data
 * out of memory. All keys are networks of callers, which take turns.
 */
export class ReceiveLimiter {
  private readonly reading: ConcurrencyLimiter;
  private readonly opened: ConcurrencyLimiter;
  /** By network, in the order of their next turns. */
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(private readonly limits: ReceiveLimits) {
    this.reading = new ConcurrencyLimiter(limits.reading);
    this.opened = new ConcurrencyLimiter(limits.opened);
  }

  /** Number of calls whose message is incomplete. */
  get open(): number {
    return this.opened.inUse;
  }

  readonly interceptor: ServerInterceptor = (_method, call) => {
    const network = networkOf(addressOfPeer(call.getPeer()));
    const close = this.opened.take(network);
    if (!close) {
      return new ServerInterceptingCall(call, {
        start: () => {
          const details = 'too many open calls with incomplete messages; try again later';
          call.sendStatus({ code: status.RESOURCE_EXHAUSTED, details });
        },
      });
    }
    const cancel = after(this.limits.timeout, () => {
      const details = `the message did not arrive within ${this.limits.timeout / 1000} s`;
      call.sendStatus({ code: status.DEADLINE_EXCEEDED, details });
      done();
    });
    let leave = (): void => {};
    const done = (): void => {
      cancel();
      close();
      leave();
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, read) => (leave = this.turn(network, () => read(metadata))),
          onReceiveHalfClose: (pass) => {
            done();
            pass();
          },
          onCancel: done,
        }),
    });
  };

  /** Calls `read` in its turn, possibly at once. Returns a function that ends the turn, or leaves the queue. */
  private turn(network: string, read: () => void): () => void {
    let end: (() => void) | undefined;
    const enter = (): boolean => {
      end = this.reading.take(network);
      if (!end) return false;
      read();
      return true;
    };
    if (enter()) return () => this.ended(end!);
    const queue = this.waiting.get(network) ?? new Set();
    const later = (): void => void enter();
    this.waiting.set(network, queue.add(later));
    return () => {
      if (end) return this.ended(end);
      queue.delete(later);
      if (queue.size === 0 && this.waiting.get(network) === queue) this.waiting.delete(network);
    };
  }

  private ended(end: () => void): void {
    end();
    for (const [network, queue] of this.waiting) {
      if (!this.reading.has('')) return;
      if (!this.reading.has(network)) continue;
      const [next] = queue;
      this.waiting.delete(network);
      queue.delete(next!);
      if (queue.size > 0) this.waiting.set(network, queue);
      next!();
      return;
    }
  }
}
