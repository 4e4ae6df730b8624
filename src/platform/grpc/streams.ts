import { DomainError } from '../../shared/errors/domain-error.js';
import { allowanceOf, callerText } from './caller.js';
import type { Caller } from './caller.js';
import { Quota } from './quota.js';

export interface StreamLimits {
  readonly total: number;
  readonly perCaller: number;
  /** Of one subject, by all callers. */
  readonly perSubject: number;
  /** Of one subject by one caller: beyond, the newest takes the place of the oldest. */
  readonly perSubjectAndCaller: number;
}

/** A streaming call under way. */
export interface OpenStream {
  /** Aborted with an `unavailable` error when the server ends the call. */
  readonly controller: AbortController;
  /** Idempotent. */
  close(): void;
}

/** The streaming calls under way. */
export class Streams {
  private readonly callers: Quota;
  private readonly subjects: Quota;
  /** By subject and caller, oldest first. */
  private readonly open = new Map<string, Set<AbortController>>();
  private readonly all = new Set<AbortController>();
  private readonly closers = new WeakMap<AbortController, () => void>();

  constructor(private readonly limits: StreamLimits) {
    this.callers = new Quota({ total: limits.total, each: limits.perCaller });
    this.subjects = new Quota({ total: limits.total, each: limits.perSubject });
  }

  /**
   * Throws `exhausted` when too many are under way. An installer that lost its connection comes back before the server
   * notices: its old call makes room, so that it is never kept out by itself.
   */
  enter(subject: string, caller: Caller): OpenStream {
    const key = `${subject} ${allowanceOf(caller)}`;
    const mine = this.open.get(key) ?? new Set();
    if (mine.size >= this.limits.perSubjectAndCaller) this.replace(mine);
    const leave = [this.callers.take(allowanceOf(caller)), this.subjects.take(subject)];
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
    oldest!.abort(new DomainError('unavailable', 'a newer call of the same caller took the place of this one'));
  }

  private tooMany(subject: string, caller: Caller): DomainError {
    const { total, perCaller, perSubject } = this.limits;
    if (!this.callers.has('')) return exhausted(`${total} calls wait at this server`);
    if (!this.callers.has(allowanceOf(caller))) return exhausted(`${perCaller} calls of ${callerText(caller)} wait`);
    return exhausted(`${perSubject} calls wait for "${subject}"`);
  }
}

const exhausted = (what: string): DomainError =>
  new DomainError('exhausted', `${what} already, which is the most; try again later`);
