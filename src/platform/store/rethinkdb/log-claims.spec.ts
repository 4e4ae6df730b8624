import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogClaims } from './log-claims.js';
import type { Query, Runner } from './query.js';
import { r } from './reql.js';

/** A database that answers when it is told to. */
class HeldDatabase implements Runner {
  readonly sent: ((answer: unknown) => void)[] = [];

  run<T>(_: Query<T>): Promise<{ readonly result: T; readonly attempts: number }> {
    return new Promise((resolve) => this.sent.push((result) => resolve({ result: result as T, attempts: 1 })));
  }
}

describe('LogClaims', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  const settled = (promises: readonly Promise<boolean>[]): Promise<unknown[]> =>
    Promise.all(promises.map((promise) => promise.catch((error: Error) => error.message)));
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const claims = (database: Runner): LogClaims => new LogClaims(database, (log) => r.db('x').table(log));

  it('shares a query between claims that come while one is in flight', async () => {
    const database = new HeldDatabase();
    const log = claims(database);
    const all = [1, 2, 3].map((n) => log.claim('used', { id: `s${n}` }, false));
    await turn();
    expect(database.sent).toHaveLength(1);
    database.sent[0]!({ all: true });
    await turn();
    expect(database.sent).toHaveLength(2);
    database.sent[1]!({ error: '', claimants: ['another', 'another'] });
    expect(await settled(all)).toEqual([true, false, false]);
  });

  it('does not send a claim that has waited for 20 seconds', async () => {
    const database = new HeldDatabase();
    const log = claims(database);
    const first = log.claim('used', { id: 's1' }, false);
    const early = log.claim('used', { id: 's2' }, false);
    vi.advanceTimersByTime(15_000);
    const late = log.claim('used', { id: 's3' }, false);
    vi.advanceTimersByTime(6_000);
    database.sent[0]!({ all: true });
    await turn();
    database.sent[1]!({ all: true });
    expect(await settled([first, early, late])).toEqual([true, 'the database does not respond, please retry', true]);
  });

  it('fails if the database has refused an entry', async () => {
    const database = new HeldDatabase();
    const claim = claims(database).claim('used', { id: 's1' }, true);
    database.sent[0]!({ error: 'disk full', claimants: [null] });
    await expect(claim).rejects.toThrow('disk full');
  });
});
