import { KeyedBatcher } from '../../../shared/concurrency/keyed-batcher.js';
import { randomNonce } from '../../../shared/random-nonce.js';
import type { LogEntry } from '../append-log.js';
import { call, serverFunction, type ServerFunction } from './call.js';
import { WriteRefused } from './failures.js';
import type { Runner } from './query.js';
import { r, type ReqlTable, type Term, type WriteOptions, type WriteResult } from './reql.js';
import { bind, type Text } from './row-terms.js';
import { toRowJson } from './rows.js';
import { notSent, WAIT_MS } from './write-queue.js';

/** Maximum number of entries per query. */
const TOGETHER = 200;

interface Waiting {
  readonly entry: LogEntry;
  /** When it was claimed, by the monotonic clock in milliseconds. */
  readonly since: number;
}

/** Whether the entry was claimed, unless it has waited for too long. */
type Outcome = boolean | 'not sent';

/** All entries were written, or else the claimant of each one as it is stored; null if it is not. */
type ClaimsAnswer = { readonly all: true } | { readonly error: string; readonly claimants: readonly (string | null)[] };

/**
 * Claims entries of logs; those that come while a query is in flight share the next one. Each is an atomic step, safe to repeat: the
 * entry contains the ID of its claimant.
 */
export class LogClaims {
  private readonly statements = new Map<string, ServerFunction>();
  private readonly batches = new KeyedBatcher<Waiting, Outcome>((key, waiting) => this.send(key, waiting), TOGETHER);

  constructor(
    private readonly runner: Runner,
    private readonly table: (log: string) => ReqlTable,
  ) {}

  /**
   * See `Engine.claim`. If not durable, a crash of the database within a moment may lose the entry. Throws `unavailable` if the
   * database does not respond.
   */
  async claim(log: string, entry: LogEntry, durable: boolean): Promise<boolean> {
    const key = `${durable ? 'hard' : 'soft'}:${log}`;
    if (!this.statements.has(key)) this.statements.set(key, claiming(this.table(log), durable ? 'hard' : 'soft'));
    const outcome = await this.batches.submit(key, { entry, since: performance.now() });
    if (outcome === 'not sent') throw notSent();
    return outcome;
  }

  /** Claims the entries that have not waited for too long. */
  private async send(key: string, waiting: readonly Waiting[]): Promise<readonly Outcome[]> {
    const now = performance.now();
    const wanted = waiting.filter(({ since }) => now - since < WAIT_MS);
    const entries = wanted.map(({ entry }) => entry);
    const claimed = entries.length === 0 ? [] : await this.claimAll(key, entries);
    const outcomes = new Map(wanted.map((one, index) => [one, claimed[index]!]));
    return waiting.map((one) => outcomes.get(one) ?? 'not sent');
  }

  private async claimAll(key: string, entries: readonly LogEntry[]): Promise<readonly boolean[]> {
    const claims = entries.map((entry) => ({ ...entry, $claimant: randomNonce(9).toString('base64url') }));
    const query = call<ClaimsAnswer>(this.statements.get(key)!, `[${claims.map(toRowJson).join()}]`);
    const { result } = await this.runner.run(query);
    if ('all' in result) return claims.map(() => true);
    if (result.claimants.includes(null)) throw new WriteRefused(result.error);
    return claims.map(({ $claimant }, index) => result.claimants[index] === $claimant);
  }
}

const claiming = (table: ReqlTable, durability: WriteOptions['durability']): ServerFunction =>
  serverFunction((json: Text) =>
    bind(r.json<{ readonly id: string }[]>(json), (entries) =>
      bind(table.insert(entries, { durability, conflict: 'error' }), (written: Term<WriteResult>) =>
        r.branch(
          written<number>('inserted').eq(entries.count()),
          { all: true },
          {
            error: written('first_error').default(''),
            claimants: entries.map((entry) => table.get(entry<string>('id'))('$claimant').default(null)),
          },
        ),
      ),
    ),
  );
