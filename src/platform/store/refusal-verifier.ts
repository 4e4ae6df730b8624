import { DomainError, isDomainError } from '../../shared/errors/domain-error.js';
import { withDeadline } from '../../shared/concurrency/deadline.js';
import { sleep } from '../../shared/concurrency/timers.js';
import { isMarkedConfirmed } from './confirmed.js';
import type { Store } from './store.js';

/** Kinds of refusals that use cases may base on memory; all others come from the database or elsewhere. */
const FROM_MEMORY = ['not-found', 'invalid', 'malformed', 'already-exists'] as const;

/** Minimum interval between the starts of two catch-ups, in milliseconds: refusals are cheap to provoke. */
const PACE_MS = 100;

/** How many references of one request are looked up in the database at most, one after the other. */
const REFERENCES = 64;

/**
 * How long a refusal waits for a database that does not respond, in milliseconds. Then memory decides, except on what is not
 * found: clients take that for gone, although another process may have created it a moment ago.
 */
const PATIENCE_MS = 2_000;

/** How thoroughly a refusal is checked against the database. */
export type VerificationDepth = 'the document' | 'everything';

/**
 * Re-checks refusals against the database: another process may have just written what the refusal misses, and a process
 * that was suspended may lag far behind. If memory turns out to be stale, the use case that refused runs again, which
 * is safe because a refused use case has changed nothing.
 */
export class RefusalVerifier {
  private next: Promise<void> | undefined;
  private last = 0;

  constructor(private readonly store: Store) {}

  /**
   * Runs `useCase`, and again for each document that is missing in memory but exists in the database. With
   * `everything`, it also waits (for a bounded time) until memory has all writes of other processes, and runs `useCase`
   * once more if memory has changed. The result of a synchronous use case that succeeds is returned as it is: most reads
   * are such, and a promise would cost them several rounds of the microtask queue.
   */
  runVerified<T>(useCase: () => T | Promise<T>, depth: VerificationDepth): T | Promise<T> {
    const before = depth === 'everything' ? this.store.changes : 0; // adds up all tables
    const outcome = attempt(useCase);
    return outcome instanceof Promise ? this.verified(outcome, useCase, depth, before) : outcome;
  }

  private async verified<T>(
    first: Promise<T>,
    useCase: () => T | Promise<T>,
    depth: VerificationDepth,
    before: number,
  ): Promise<T> {
    let outcome: T | Promise<T> = first;
    for (let reference = 0; reference < REFERENCES; reference++) {
      try {
        return await outcome;
      } catch (error) {
        if (await this.stands(error)) {
          if (depth === 'the document' || !(await this.wasBehind(error, before))) throw error;
          return await useCase();
        }
      }
      outcome = attempt(useCase);
    }
    return await outcome;
  }

  /** True unless the error names a document that the database has and memory did not have. */
  private async stands(error: unknown): Promise<boolean> {
    if (isMarkedConfirmed(error) || !isDomainError(error, ...FROM_MEMORY)) return true;
    return !(await inTime(this.hasAppeared(error.details ?? {})).catch((failure) => unverified(error, failure)));
  }

  private async wasBehind(error: unknown, before: number): Promise<boolean> {
    if (isMarkedConfirmed(error) || !isDomainError(error, ...FROM_MEMORY)) return false;
    // A process with exclusive access has all writes in memory; and the database may have just confirmed the absence.
    if (this.store.engine.barrier === undefined || this.isConfirmed(error)) return false;
    const done = await inTime(this.caughtUp()).then(
      () => true,
      (failure) => unverified(error, failure),
    );
    return done && this.store.changes !== before;
  }

  private async hasAppeared(details: Readonly<Record<string, unknown>>): Promise<boolean> {
    const named = this.named(details);
    if (named === undefined || named.table.get(named.id) !== undefined) return false;
    return (await named.table.readFresh(named.id)) !== undefined;
  }

  /** Whether the missing document was already looked up in the database. */
  private isConfirmed({ kind, details = {} }: DomainError): boolean {
    const named = kind === 'not-found' ? this.named(details) : undefined;
    return named !== undefined && named.table.get(named.id) === undefined;
  }

  private named({ what, id }: Readonly<Record<string, unknown>>) {
    if (typeof what !== 'string' || typeof id !== 'string') return undefined;
    const table = this.store.named(TABLES[what] ?? what.replaceAll(' ', ''));
    return table && { table, id };
  }

  /** Shared by all callers that arrive while a catch-up waits for its turn. */
  private caughtUp(): Promise<void> {
    this.next ??= this.catchUp();
    return this.next;
  }

  private async catchUp(): Promise<void> {
    const wait = this.last + PACE_MS - performance.now();
    if (wait > 0) await sleep(wait);
    else await Promise.resolve();
    this.last = performance.now();
    this.next = undefined;
    await this.store.catchUp();
  }
}

/** Tables of entities that have another name in messages. */
const TABLES: Readonly<Record<string, string>> = {
  firewall: 'machine',
  'events of a machine': 'event',
  'entry of the waiting list': 'allocationwait',
};

/** Throws `unavailable` when the lookup takes too long; its result is then ignored. */
const inTime = <T>(lookup: Promise<T>): Promise<T> =>
  withDeadline(lookup, PATIENCE_MS, () => new DomainError('unavailable', 'the database does not respond'));

/** While the database does not respond, memory is the only source. Throws `unavailable` where it is not good enough. */
function unverified(refusal: DomainError, failure: unknown): false {
  if (!isDomainError(failure, 'unavailable')) throw failure;
  if (refusal.kind !== 'not-found') return false;
  const message = `${refusal.message} in memory, and the database does not respond, please retry`;
  throw new DomainError('unavailable', message, refusal.details, { cause: failure });
}

/** What a use case returns; a rejected promise if it throws. */
function attempt<T>(useCase: () => T | Promise<T>): T | Promise<T> {
  try {
    return useCase();
  } catch (error) {
    return rejected(error);
  }
}

async function rejected(error: unknown): Promise<never> {
  throw error;
}
