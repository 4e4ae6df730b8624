import { describe, expect, it } from 'vitest';
import { DomainError } from '../../shared/errors/domain-error.js';
import { MemoryEngine } from './memory/memory-engine.js';
import type { FeedSink } from './engine.js';
import { Store } from './store.js';
import { defineTable } from './table.js';

const refused = new DomainError('unavailable', 'wrong password');

/** A store with 25 tables whose feeds tests can break. */
async function store() {
  const said: string[] = [];
  const sinks: FeedSink[] = [];
  class Fragile extends MemoryEngine {
    override follow(table: string, sink: FeedSink) {
      sinks.push(sink);
      return super.follow(table, sink);
    }
  }
  const store = new Store(new Fragile(), { report: (message) => said.push(message) });
  for (let i = 0; i < 25; i++) store.table(defineTable<{ id: string; revision: number }>()({ name: `t${i}` }));
  await store.start();
  const lose = (error: Error): void => sinks.forEach((sink) => sink.lost(error));
  const recover = (): void => sinks.forEach((sink) => sink.snapshot([], []));
  return { store, sinks, said, lose, recover };
}

describe('OutageReporter', () => {
  it('reports an outage once, and its end once', async () => {
    const { said, lose, recover } = await store();
    lose(new Error('connection closed'));
    lose(new Error('connection refused'));
    recover();
    expect(said).toEqual([
      expect.stringMatching(/connection lost.*connection closed/),
      expect.stringMatching(/restored/),
    ]);
  });

  it('reports again for each cause that an operator can fix', async () => {
    const { said, lose } = await store();
    lose(new Error('connection closed'));
    lose(refused);
    lose(refused);
    lose(new Error('connection closed'));
    lose(new DomainError('unavailable', 'empty'));
    expect(said.map((line) => line.split(': ')[1])).toEqual(['connection closed', 'wrong password', 'empty']);
  });

  it('reports the end of the outage only after all tables follow again', async () => {
    const { said, sinks, lose } = await store();
    lose(new Error('gone'));
    for (const sink of sinks.slice(1)) sink.snapshot([], []);
    expect(said).toHaveLength(1);
    sinks[0]!.snapshot([], []);
    expect(said).toHaveLength(2);
  });

  it('reports nothing on an orderly stop, or without an outage', async () => {
    const { store: stopping, said, lose, recover } = await store();
    recover();
    await stopping.stop();
    lose(new Error('closed'));
    expect(said).toEqual([]);
  });

  it('rejects writes to a replaced database until all tables are reloaded', async () => {
    const { store: reloading, sinks } = await store();
    const table = reloading.named('t1')!;
    await table.insert({ id: 'a' });
    sinks.forEach((sink) => sink.invalidate());
    sinks.slice(0, 24).forEach((sink) => sink.snapshot([], []));
    const writes = [
      () => table.insert({ id: 'b' }),
      () => table.upsert('b', () => ({ id: 'b' })),
      () => table.replace({ id: 'a' }, 1),
      () => table.remove('a'),
      () => table.patchUnchecked([{ id: 'a' }]),
    ];
    for (const write of writes) await expect(write()).rejects.toThrow('being reloaded');
    sinks[24]!.snapshot([], []);
    expect(await table.upsert('c', () => ({ id: 'c' }))).toMatchObject({ id: 'c' });
  });
});
