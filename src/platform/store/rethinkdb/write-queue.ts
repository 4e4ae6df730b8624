import { DomainError } from '../../../shared/errors/domain-error.js';
import { WriteRefused } from './failures.js';
import type { Query, Runner } from './query.js';
import { answersTo } from './batches.js';
import type { ConditionalWrite, RowWrite, WriteAnswer } from './row-write.js';
import type { Statements } from './statements.js';

/** How many queries of one kind to one table are in flight before further writes wait to be sent together. */
export const IN_FLIGHT = 2;

/** Maximum number of writes per query. */
const BATCH = 200;

/** Maximum size of the rows of one query together, in UTF-16 code units. A larger row is sent alone. */
const BATCH_LENGTH = 1_000_000;

/** How long a write waits to be sent, in milliseconds: as long as a call retries. */
export const WAIT_MS = 20_000;

export type WriteReply = Exclude<WriteAnswer, { readonly error: string }>;

/** `attempts` is 1 if no earlier attempt can have reached the database. */
export interface Answered {
  readonly result: WriteReply;
  readonly attempts: number;
}

interface Waiting {
  readonly write: RowWrite;
  readonly since: number;
  /** Throws if the database is no longer the one that the write was meant for. */
  readonly check: () => void;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: conditional writes of one kind to one table. While enough queries are in flight, further writes wait
 * and share the next query, so that throughput grows with the number of writers. Every write keeps its own condition
 * and its own outcome; what the database refuses is sent again alone, so no write fails because of another one.
 */
export class WriteQueue {
  private waiting: Waiting[] = [];
  private inFlight = 0;

  /** `pin` is called for each write, and its result before the write is sent. */
  constructor(
    private readonly runner: Runner,
    private readonly kind: ConditionalWrite,
    private readonly statements: Statements,
    private readonly pin: () => () => void,
  ) {}

  /** Throws `unavailable` like `Runner.run`, and `WriteRefused` if the database refuses the row. */
  send(write: RowWrite): Promise<Answered> {
    if (this.inFlight < IN_FLIGHT) return this.occupied(() => this.alone(write));
    return new Promise((resolve, reject) =>
      this.waiting.push({ write, since: performance.now(), check: this.pin(), resolve, reject }),
    );
  }

  private async occupied<T>(send: () => Promise<T>): Promise<T> {
    this.inFlight++;
    try {
      return await send();
    } finally {
      this.inFlight--;
      this.sendWaiting();
    }
  }

  private sendWaiting(): void {
    while (this.waiting.length > 0) {
      const batch = this.takeBatch().filter(isStillWanted);
      if (batch.length > 0) return void this.occupied(() => this.together(batch));
    }
  }

  /** The oldest waiting writes, at most one per row. */
  private takeBatch(): Waiting[] {
    const batch = new Map<string, Waiting>();
    const later: Waiting[] = [];
    let length = 0;
    for (const one of this.waiting) {
      const { key, json } = one.write;
      const fits = batch.size === 0 || (batch.size < BATCH && length + json.length <= BATCH_LENGTH);
      if (fits && !batch.has(key)) {
        batch.set(key, one);
        length += json.length;
      } else later.push(one);
    }
    this.waiting = later;
    return [...batch.values()];
  }

  private async together(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    if (first !== undefined && batch.length === 1) return settle(first, this.alone(first.write));
    try {
      const writes = batch.map(({ write }) => write);
      const { result, attempts } = await this.runner.run(refusing(this.statements.batch(this.kind, writes)));
      const answers = answersTo(writes, result);
      for (const [index, { resolve }] of batch.entries()) resolve({ result: answers[index]!, attempts });
    } catch (error) {
      if (error instanceof DomainError) for (const { reject } of batch) reject(error);
      else await this.oneByOne(batch);
    }
  }

  /** After the database has refused one of them; others may have happened, which the ID of the write shows. */
  private async oneByOne(batch: readonly Waiting[]): Promise<void> {
    const again = async (write: RowWrite): Promise<Answered> => {
      const { result, attempts } = await this.alone(write);
      return { result, attempts: attempts + 1 };
    };
    for (const one of batch) if (isStillWanted(one)) await settle(one, again(one.write));
  }

  private alone(write: RowWrite): Promise<Answered> {
    return this.runner.run(refusing(this.statements.one(this.kind, write)));
  }
}

const settle = ({ resolve, reject }: Waiting, answered: Promise<Answered>): Promise<void> =>
  answered.then(resolve, reject);

/** The error of what has waited too long to be sent. */
export const notSent = (): DomainError => new DomainError('unavailable', 'the database does not respond, please retry');

/** Rejects a write that has waited too long or was meant for another database. */
function isStillWanted({ since, check, reject }: Waiting): boolean {
  try {
    check();
    if (performance.now() - since < WAIT_MS) return true;
    throw notSent();
  } catch (error) {
    reject(error);
    return false;
  }
}

/**
 * Wraps the query so that it throws if the database refused the write. Applied per attempt, as the cause may be
 * transient.
 */
export const refusing = <T extends object>(query: Query<T>): Query<Exclude<T, { readonly error: string }>> => ({
  run: async (connection) => {
    const result = await query.run(connection);
    if ('error' in result) throw new WriteRefused(String(result.error));
    return result as Exclude<T, { readonly error: string }>;
  },
});
