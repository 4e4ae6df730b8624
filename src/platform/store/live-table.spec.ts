import { describe, expect, it } from 'vitest';
import { withSlowFeed } from '../../../test/support/engines.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { LiveTable } from './live-table.js';
import { MemoryEngine } from './memory/memory-engine.js';
import { defineTable, type Document } from './table.js';

interface Counter extends Document {
  readonly count: number;
  readonly owner?: string;
}

const counters = defineTable<Counter>()({ name: 'counter', indexes: { owner: (c) => c.owner } });

async function open(engine = new MemoryEngine()) {
  const table = new LiveTable(engine, counters);
  await table.start();
  return { engine, table };
}

const kindOf = (error: unknown) => (isDomainError(error) ? error.kind : String(error));

describe('LiveTable', () => {
  it('makes its own writes visible to reads immediately', async () => {
    const { table } = await open();
    const written = await table.insert({ id: 'a', count: 1, owner: 'x' });
    expect(written.revision).toBe(1);
    expect(table.get('a')).toEqual({ id: 'a', count: 1, owner: 'x', revision: 1 });
    expect(table.by('owner', 'x')).toHaveLength(1);
    expect(Object.isFrozen(table.get('a'))).toBe(true);
  });

  it('rejects a second insert and names the id', async () => {
    const { table } = await open();
    await table.insert({ id: 'a', count: 1 });
    const error: unknown = await table.insert({ id: 'a', count: 2 }).catch((e: unknown) => e);
    expect(kindOf(error)).toBe('already-exists');
    expect(String(error)).toContain('"a"');
  });

  it('rejects ids that databases cannot distinguish', async () => {
    const { table } = await open();
    await expect(table.insert({ id: '\ud800', count: 1 }).catch(kindOf)).resolves.toBe('malformed');
    await expect(table.upsert('', () => ({ id: '', count: 1 })).catch(kindOf)).resolves.toBe('malformed');
    await expect(table.update('\ud800', (c) => c).catch(kindOf)).resolves.toBe('not-found');
    expect(table.size).toBe(0);
  });

  it('replaces only the expected revision', async () => {
    const { table } = await open();
    await table.insert({ id: 'a', count: 1 });
    await table.replace({ id: 'a', count: 2 }, 1);
    await expect(table.replace({ id: 'a', count: 3 }, 1).catch(kindOf)).resolves.toBe('conflict');
    expect(table.get('a')).toEqual({ id: 'a', count: 2, revision: 2 });
  });

  it('ignores a revision that the caller left in the content', async () => {
    const { table } = await open();
    const first = await table.insert({ id: 'a', count: 1, revision: 99 } as Counter);
    expect(first.revision).toBe(1);
    const second = await table.replace({ ...first, count: 2 }, 1);
    expect(second.revision).toBe(2);
  });

  it('loses no update when two replicas make 100 concurrent ones', async () => {
    const { engine, table } = await open();
    const { table: other } = await open(engine);
    await table.insert({ id: 'a', count: 0 });
    const add = (t: typeof table) => t.update('a', (c) => ({ ...c, count: c.count + 1 }));
    await Promise.all(Array.from({ length: 100 }, (_, i) => add(i % 2 ? table : other)));
    expect(table.get('a')).toMatchObject({ count: 100, revision: 101 });
    expect(other.get('a')).toMatchObject({ count: 100, revision: 101 });
  });

  it('writes nothing when the change returns the same object', async () => {
    const { table } = await open();
    await table.insert({ id: 'a', count: 0 });
    await table.update('a', (c) => c);
    expect(table.get('a')?.revision).toBe(1);
  });

  it('update throws not-found for an absent document, and passes on errors of the change function', async () => {
    const { table } = await open();
    await expect(table.update('a', (c) => c).catch(kindOf)).resolves.toBe('not-found');
    await table.insert({ id: 'a', count: 0 });
    const refuse = () => {
      throw new Error('no');
    };
    await expect(table.update('a', refuse)).rejects.toThrow('no');
  });

  it('accepts a refusal only if it is based on the state of the database', async () => {
    const engine = new MemoryEngine();
    const { table } = await open(engine);
    const behind = new LiveTable(withSlowFeed(engine, 5_000), counters);
    await table.insert({ id: 'a', count: 0 });
    await behind.start();
    await table.update('a', (c) => ({ ...c, count: 1 }));
    const again = (c: Counter | undefined) => {
      if (!c?.count) throw new Error(`count is ${c?.count}`);
      return { id: 'a', count: c.count + 1 };
    };
    expect(behind.get('a')?.count).toBe(0);
    expect(await behind.update('a', again)).toMatchObject({ count: 2 });
    await table.update('a', again);
    expect(await behind.upsert('a', again)).toMatchObject({ count: 4 });
    await table.update('a', (c) => ({ ...c, count: 0 }));
    await expect(table.update('a', again)).rejects.toThrow('count is 0');
    await table.remove('a');
    await expect(table.upsert('a', again)).rejects.toThrow('count is undefined');
    await behind.stop();
  });

  it('upsert inserts or changes', async () => {
    const { table } = await open();
    const add = () => table.upsert('a', (c) => ({ id: 'a', count: (c?.count ?? 0) + 1 }));
    await Promise.all([add(), add(), add()]);
    expect(table.get('a')?.count).toBe(3);
  });

  it('removes unconditionally, conditionally and absent ids; a reinserted id continues its revisions', async () => {
    const { table } = await open();
    const a = await table.insert({ id: 'a', count: 0 });
    await expect(table.remove('a', 7).catch(kindOf)).resolves.toBe('conflict');
    expect(await table.remove('a', a.revision)).toEqual(a);
    expect(await table.remove('a')).toBeUndefined();
    expect(await table.remove('a', 1)).toBeUndefined();
    expect((await table.insert({ id: 'a', count: 5 })).revision).toBe(3);
  });

  it('patchUnchecked merges fields, raises the revision and ignores absent documents', async () => {
    const { table } = await open();
    await table.insert({ id: 'a', count: 1, owner: 'x' });
    await table.patchUnchecked([
      { id: 'a', count: 7 },
      { id: 'gone', count: 1 },
    ]);
    expect(table.get('a')).toEqual({ id: 'a', count: 7, owner: 'x', revision: 2 });
    expect(table.size).toBe(1);
  });
});
