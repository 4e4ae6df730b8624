import { ServerInterceptingCall, status } from '@grpc/grpc-js';
import type { ServerInterceptor } from '@grpc/grpc-js';
import { addressOfPeer, networkOf } from './caller.js';
import { Quota } from './quota.js';
import type { QuotaLimits } from './quota.js';

export interface ReceptionLimits {
  /** Calls whose message is being read. What they sent so far is held in memory. */
  readonly reading: QuotaLimits;
  /** Calls that were opened and whose message is not complete, those that are being read included. */
  readonly opened: QuotaLimits;
  /** How long a message may take from the opening of its call, in milliseconds. */
  readonly timeout: number;
}

/**
 * Lets only so many calls send their message at the same time; others wait their turn, while flow control keeps what
 * they send out of memory. All keys are networks of callers, who get their turns alternately.
 */
export class Reception {
  private readonly reading: Quota;
  private readonly opened: Quota;
  /** By network, those that take the next turns first. */
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(private readonly limits: ReceptionLimits) {
    this.reading = new Quota(limits.reading);
    this.opened = new Quota(limits.opened);
  }

  /** Calls whose message is not complete. */
  get open(): number {
    return this.opened.inUse;
  }

  readonly interceptor: ServerInterceptor = (_method, call) => {
    const network = networkOf(addressOfPeer(call.getPeer()));
    const close = this.opened.take(network);
    if (!close) {
      return new ServerInterceptingCall(call, {
        start: () => {
          const details = 'too many calls are open whose message has not arrived; try again later';
          call.sendStatus({ code: status.RESOURCE_EXHAUSTED, details });
        },
      });
    }
    const timer = setTimeout(() => {
      const details = `the message did not arrive within ${this.limits.timeout / 1000} s`;
      call.sendStatus({ code: status.DEADLINE_EXCEEDED, details });
      done();
    }, this.limits.timeout).unref();
    let leave = (): void => {};
    const done = (): void => {
      clearTimeout(timer);
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

  /** Calls `read` when it is its turn, perhaps at once; returns how to end the turn, or the waiting for it. */
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
