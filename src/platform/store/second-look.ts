import { isDomainError, type DomainError } from '../../shared/errors/domain-error.js';
import { sleep } from '../../shared/async.js';
import { isBelieved } from './believed.js';
import type { Store } from './store.js';

/** What use cases may conclude from memory; other refusals come from the database, or from elsewhere. */
const FROM_MEMORY = ['not-found', 'invalid', 'malformed', 'already-exists'] as const;

/** How long one catching up begins after the one before, in milliseconds: refusals are cheap to provoke. */
const PACE_MS = 100;

/** How many references of one request may have to be looked up in the database, one after the other. */
const REFERENCES = 64;

/** How much of the database a refusal is worth. */
export type Depth = 'the document' | 'everything';

/**
 * A refusal is believed only of the database: another process may have written a moment ago what the refusal misses, and
 * a process that was frozen may be behind by a lot. When memory turns out to have been behind, a use case that refused
 * runs again. One that refuses has changed nothing.
 */
export class SecondLook {
  private next: Promise<void> | undefined;
  private last = 0;

  constructor(private readonly store: Store) {}

  /**
   * The result of `useCase`, run again for each document that it did not find in memory but that the database has. With
   * `everything` it is also run once more when memory has changed after waiting, though not for long, for all that other
   * processes had written.
   */
  async believe<T>(useCase: () => Promise<T>, depth: Depth): Promise<T> {
    const before = this.store.changes;
    for (let reference = 0; reference < REFERENCES; reference++) {
      try {
        return await useCase();
      } catch (error) {
        if (await this.stands(error)) {
          if (depth === 'the document' || !(await this.wasBehind(error, before))) throw error;
          return useCase();
        }
      }
    }
    return useCase();
  }

  /** Whether the error names no document that the database has and memory has not had. */
  private async stands(error: unknown): Promise<boolean> {
    if (isBelieved(error) || !isDomainError(error, ...FROM_MEMORY)) return true;
    return !(await this.hasAppeared(error.details ?? {}).catch(unlessUnavailable));
  }

  private async wasBehind(error: unknown, before: number): Promise<boolean> {
    if (isBelieved(error) || !isDomainError(error, ...FROM_MEMORY)) return false;
    // Alone on its data, a process has all that was written; and the database has just confirmed what it lacks.
    if (this.store.engine.barrier === undefined || this.isConfirmed(error)) return false;
    const done = await this.caughtUp().then(() => true, unlessUnavailable);
    return done && this.store.changes !== before;
  }

  private async hasAppeared(details: Readonly<Record<string, unknown>>): Promise<boolean> {
    const named = this.named(details);
    if (named === undefined || named.table.get(named.id) !== undefined) return false;
    return (await named.table.fresh(named.id)) !== undefined;
  }

  /** Whether the document that was not found was looked up in the database before. */
  private isConfirmed({ kind, details = {} }: DomainError): boolean {
    const named = kind === 'not-found' ? this.named(details) : undefined;
    return named !== undefined && named.table.get(named.id) === undefined;
  }

  private named({ what, id }: Readonly<Record<string, unknown>>) {
    if (typeof what !== 'string' || typeof id !== 'string') return undefined;
    const table = this.store.named(TABLES[what] ?? what.replaceAll(' ', ''));
    return table && { table, id };
  }

  /** All who ask while one catching up waits for its turn share it. */
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

/** Tables of entities that messages call by another name. */
const TABLES: Readonly<Record<string, string>> = { firewall: 'machine', 'events of a machine': 'event' };

/** When the database does not answer, memory is all there is. */
function unlessUnavailable(error: unknown): false {
  if (!isDomainError(error, 'unavailable')) throw error;
  return false;
}
