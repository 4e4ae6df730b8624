import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Query, Runner } from './query.js';
import { r } from './reql.js';
import { Statements } from './statements.js';
import { IN_FLIGHT, WriteQueue, type Answered } from './write-queue.js';

/** A database that answers when it is told to. */
class HeldRunner implements Runner {
  private readonly answers: (() => void)[] = [];
  queries = 0;

  run<T>(_: Query<T>): Promise<{ readonly result: T; readonly attempts: number }> {
    this.queries++;
    const result = { happened: true, revision: 1, writes: ['w'], all: true } as T;
    return new Promise((resolve) => this.answers.push(() => resolve({ result, attempts: 1 })));
  }

  answer(): void {
    for (const answer of this.answers.splice(0)) answer();
  }
}

const row = (key: string) => ({ key, write: 'w', json: `{"id":"${key}"}`, revision: 1 });
const failureOf = (sent: Promise<Answered>): Promise<unknown> => sent.catch((error: unknown) => error);

describe('waiting writes', () => {
  const runner = new HeldRunner();
  let generation = 0;
  const pin = (): (() => void) => {
    const pinned = generation;
    return () => {
      if (generation !== pinned) throw new Error('another database');
    };
  };
  const queue = new WriteQueue(runner, 'replace', new Statements(r.db('d').table('t')), pin);
  /** Occupies the queue, so that the next write waits. */
  const occupy = (): Promise<Answered>[] => Array.from({ length: IN_FLIGHT }, (_, n) => queue.send(row(`a${n}`)));

  afterEach(() => {
    vi.useRealTimers();
    runner.queries = 0;
  });

  it('are not sent to another database than the one they were meant for', async () => {
    const sent = occupy();
    const waiting = failureOf(queue.send(row('e')));
    expect(runner.queries).toBe(IN_FLIGHT);
    generation++;
    runner.answer();
    await Promise.all(sent);
    expect(await waiting).toMatchObject({ message: 'another database' });
    expect(runner.queries).toBe(IN_FLIGHT);
  });

  it('fail when the database has not responded for 20 s', async () => {
    vi.useFakeTimers();
    const sent = occupy();
    const waiting = failureOf(queue.send(row('e')));
    vi.advanceTimersByTime(20_000);
    runner.answer();
    await Promise.all(sent);
    expect(await waiting).toMatchObject({ kind: 'unavailable' });
    expect(runner.queries).toBe(IN_FLIGHT);
  });

  it('do not share a query with another write to the same row', async () => {
    const sent = occupy();
    const twice = [queue.send(row('e')), queue.send(row('e'))];
    runner.answer();
    await Promise.all(sent);
    expect(runner.queries).toBe(IN_FLIGHT + 2);
    runner.answer();
    await Promise.all(twice);
  });
});
