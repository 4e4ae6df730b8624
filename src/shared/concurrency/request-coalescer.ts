import { DomainError } from '../errors/domain-error.js';
import { concurrencyLimit } from './concurrency-limit.js';
import { KeyedBatcher } from './keyed-batcher.js';

/** Maximum number of different pending questions, including queued ones. */
const QUESTIONS = 100;
/** Maximum number of concurrent computations. */
const WORKERS = 2;

/**
 * Computes identical concurrent questions once, and limits the number of different concurrent ones. Callers share the
 * results and must not modify them.
 */
export class RequestCoalescer<R> {
  private readonly askers = new Map<string, number>();
  private readonly limit = concurrencyLimit(WORKERS);
  private readonly batcher = new KeyedBatcher<() => Promise<R>, R>(async (_key, askers) => {
    const answer = await this.limit(askers[0]!);
    return askers.map(() => answer);
  }, Number.MAX_SAFE_INTEGER);

  /** `what` is the plural name of the questions in messages. */
  constructor(private readonly what: string) {}

  /**
   * Resolves to the result of `compute`, possibly that of another caller with the same question. The computation starts
   * after this call in either case, so that callers see their own earlier writes. Rejects with the error of `compute`,
   * or with `unavailable` if too many different questions are pending.
   */
  async run(question: unknown, compute: () => Promise<R>): Promise<R> {
    const key = JSON.stringify(question);
    const others = this.askers.get(key) ?? 0;
    if (others === 0 && this.askers.size >= QUESTIONS) {
      throw new DomainError(
        'unavailable',
        `${this.askers.size} different ${this.what} are in progress, please try again in a few seconds`,
      );
    }
    this.askers.set(key, others + 1);
    try {
      return await this.batcher.submit(key, compute);
    } finally {
      const left = (this.askers.get(key) ?? 1) - 1;
      if (left > 0) this.askers.set(key, left);
      else this.askers.delete(key);
    }
  }
}
