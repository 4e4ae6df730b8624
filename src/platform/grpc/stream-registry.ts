import { DomainError } from '../../shared/errors/domain-error.js';
import { rateLimitKey, callerText } from './caller.js';
import type { GrpcCaller } from './caller.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';

export interface StreamLimits {
  readonly total: number;
  readonly perCaller: number;
  /** Per subject, of all callers. */
  readonly perSubject: number;
  /** Per subject and caller: beyond it, a new stream replaces the oldest one. */
  readonly perSubjectAndCaller: number;
}

/** A streaming call in progress. */
export interface OpenStream {
  /** Aborted with an `unavailable` error when the server ends the call. */
  readonly controller: AbortController;
  /** Idempotent. */
  close(): void;
}

/** The streaming calls in progress. */
export class StreamRegistry {
  private readonly callers: ConcurrencyLimiter;
  private readonly subjects: ConcurrencyLimiter;
  /** By subject and caller, oldest first. */
  private readonly open = new Map<string, Set<AbortController>>();
  private readonly all = new Set<AbortController>();
  private readonly closers = new WeakMap<AbortController, () => void>();

  constructor(private readonly limits: StreamLimits) {
    this.callers = new ConcurrencyLimiter({ total: limits.total, each: limits.perCaller });
    this.subjects = new ConcurrencyLimiter({ total: limits.total, each: limits.perSubject });
  }

  /**
   * Throws `exhausted` if too many are in progress. An installer that lost its connection may return before the server
   * notices: its old call is replaced, so that it never blocks its own return.
   */
  enter(subject: string, caller: GrpcCaller): OpenStream {
    const key = `${subject} ${rateLimitKey(caller)}`;
    const mine = this.open.get(key) ?? new Set();
    if (mine.size >= this.limits.perSubjectAndCaller) this.replace(mine);
    const leave = [this.callers.take(rateLimitKey(caller)), this.subjects.take(subject)];
    if (leave.includes(undefined)) {
      for (const each of leave) each?.();
      throw this.tooMany(subject, caller);
    }
    const controller = new AbortController();
    this.all.add(controller);
    this.open.set(key, mine.add(controller));
    const close = (): void => {
      for (const each of leave) each!();
      this.all.delete(controller);
      mine.delete(controller);
      if (mine.size === 0 && this.open.get(key) === mine) this.open.delete(key);
    };
    this.closers.set(controller, close);
    return { controller, close };
  }

  /** Ends all calls with `reason`. */
  end(reason: DomainError): void {
    for (const controller of this.all) controller.abort(reason);
  }

  private replace(mine: Set<AbortController>): void {
    const [oldest] = mine;
    this.closers.get(oldest!)?.();
    oldest!.abort(new DomainError('unavailable', 'replaced by a newer call of the same caller'));
  }

  private tooMany(subject: string, caller: GrpcCaller): DomainError {
    const { total, perCaller, perSubject } = this.limits;
    if (!this.callers.has('')) return exhausted(`${total} calls are waiting at this server`);
    if (!this.callers.has(rateLimitKey(caller)))
      return exhausted(`${perCaller} calls of ${callerText(caller)} are waiting`);
    return exhausted(`${perSubject} calls are waiting for "${subject}"`);
  }
}

const exhausted = (what: string): DomainError =>
  new DomainError('exhausted', `${what}, which is the maximum; try again later`);
