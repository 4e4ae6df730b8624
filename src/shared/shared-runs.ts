import { DomainError } from './errors/domain-error.js';
import { JointRuns } from './joint-runs.js';

/** How many different questions may be under way, waiting ones included. */
const QUESTIONS = 100;
/** How many of them are worked on at a time. */
const WORKERS = 2;

/**
 * Answers expensive questions once for all who ask the same at the same time, a bounded number of different ones at once.
 * Answers are shared, and must not be changed.
 */
export class SharedRuns<R> {
  private readonly askers = new Map<string, number>();
  private readonly waiting: (() => void)[] = [];
  private working = 0;
  private readonly runs = new JointRuns<() => Promise<R>, R>(async (_key, askers) => {
    const answer = await this.worked(askers[0]!);
    return askers.map(() => answer);
  }, Number.MAX_SAFE_INTEGER);

  /** `what` names the kind of question in messages. */
  constructor(private readonly what: string) {}

  /**
   * The answer that `compute` has for this question, or that of another asker's; computed after this call in either case,
   * so that the asker sees what it wrote before. Rejects with what `compute` throws, and with `unavailable` when too many
   * different questions are under way.
   */
  async ask(question: unknown, compute: () => Promise<R>): Promise<R> {
    const key = JSON.stringify(question);
    const others = this.askers.get(key) ?? 0;
    if (others === 0 && this.askers.size >= QUESTIONS) {
      throw new DomainError(
        'unavailable',
        `${this.askers.size} different ${this.what} are under way, please try again in a few seconds`,
      );
    }
    this.askers.set(key, others + 1);
    try {
      return await this.runs.join(key, compute);
    } finally {
      const left = (this.askers.get(key) ?? 1) - 1;
      if (left > 0) this.askers.set(key, left);
      else this.askers.delete(key);
    }
  }

  private async worked(compute: () => Promise<R>): Promise<R> {
    if (this.working >= WORKERS) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.working++;
    try {
      return await compute();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.working--;
    }
  }
}
