import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownTimers } from '../../../test/support/own-timers.js';
import { DomainError, malformed } from '../../shared/errors/domain-error.js';
import { RefusalVerifier } from './refusal-verifier.js';
import type { Store } from './store.js';

/** A store whose database does not answer, with one table. */
const silent = (changes = () => 0) =>
  ({
    get changes() {
      return changes();
    },
    engine: { barrier: () => new Promise(() => undefined) },
    catchUp: () => new Promise(() => undefined),
    named: () => ({ get: () => undefined, readFresh: () => new Promise(() => undefined) }),
  }) as unknown as Store;

describe('a refusal while the database does not answer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['malformed', () => malformed('size is "", expected an id')],
    ['already there', () => new DomainError('already-exists', 'it exists', { what: 'network', id: 'n1' })],
  ])('%s is given after two lookups of two seconds at most', async (_, refusal) => {
    const error = refusal();
    const outcome = new RefusalVerifier(silent()).runVerified(() => Promise.reject(error), 'everything');
    const settled = expect(outcome).rejects.toBe(error);
    await vi.advanceTimersByTimeAsync(4_100);
    await settled;
  });

  it.each([
    ['a document', 'the document', { what: 'machine', id: 'm1' }],
    ['anything', 'everything', undefined],
  ] as const)('is not given when %s is not found: clients would take it for gone', async (_, depth, details) => {
    const error = new DomainError('not-found', 'no machine found', details);
    const outcome = new RefusalVerifier(silent()).runVerified(() => Promise.reject(error), depth);
    const settled = expect(outcome).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'no machine found in memory, and the database does not respond, please retry',
    });
    await vi.advanceTimersByTimeAsync(2_100);
    await settled;
  });

  it('leaves no timer behind when the use case succeeds, and returns a result without delay', async () => {
    const pendingTimers = ownTimers();
    const verifier = new RefusalVerifier(silent());
    expect(verifier.runVerified(() => 'done', 'everything')).toBe('done');
    await expect(verifier.runVerified(() => Promise.resolve('done'), 'everything')).resolves.toBe('done');
    expect(pendingTimers()).toBe(0);
  });
});
