import { KeyedBatcher } from '../../../shared/concurrency/keyed-batcher.js';
import { randomNonce } from '../../../shared/random-nonce.js';
import type { LogEntry } from '../append-log.js';
import { call, serverFunction, type ServerFunction } from './call.js';
import { WriteRefused } from './failures.js';
import type { Runner } from './query.js';
import { r, type ReqlTable, type Term, type WriteOptions, type WriteResult } from './reql.js';
import { bind, type Text } from './row-terms.js';
import { toRowJson } from './rows.js';

/** Maximum number of entries per query. */
const TOGETHER = 200;

/** All entries were written, or else the claimant of each one as it is stored; null if it is not. */
type ClaimsAnswer = { readonly all: true } | { readonly error: string; readonly claimants: readonly (string | null)[] };

/**
 * Claims entries of logs; those that come while a query is in flight share the next one. Each is an atomic step, safe to repeat: the
 * entry contains the ID of its claimant.
 */
export class LogClaims {
  private readonly statements = new Map<string, ServerFunction>();
  private readonly batches = new KeyedBatcher<LogEntry, boolean>(
    (key, entries) => this.claimAll(key, entries),
    TOGETHER,
  );

  constructor(
    private readonly runner: Runner,
    private readonly table: (log: string) => ReqlTable,
  ) {}

  /** See `Engine.claim`. If not durable, a crash of the database within a moment may lose the entry. */
  claim(log: string, entry: LogEntry, durable: boolean): Promise<boolean> {
    const key = `${durable ? 'hard' : 'soft'}:${log}`;
    if (!this.statements.has(key)) this.statements.set(key, claiming(this.table(log), durable ? 'hard' : 'soft'));
    return this.batches.submit(key, entry);
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
