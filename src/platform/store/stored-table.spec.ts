import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { MemoryEngine } from './memory/memory-engine.js';
import { defineTable, type Document } from './table.js';

interface Leaf extends Document {
  readonly rack: string | undefined;
  readonly name: string;
  readonly owner?: { readonly id: string | undefined } | undefined;
  readonly ports: readonly { readonly id: number; readonly vrf: string | undefined }[];
}

const leaves = defineTable<Leaf>()({
  name: 'leaf',
  absentTexts: ['rack', 'owner.id', 'ports.vrf'],
  indexes: { rack: (leaf) => leaf.rack },
});

const BLANK = { id: 'a', name: '', rack: undefined, owner: { id: undefined }, ports: [{ id: 1, vrf: undefined }] };
const STORED = { id: 'a', name: '', rack: '', owner: { id: '' }, ports: [{ id: 1, vrf: '' }] };
const FULL = { id: 'f', name: 'f', rack: 'r1', owner: { id: 'o' }, ports: [{ id: 1, vrf: 'vrf7' }] };

function replica() {
  const engine = new MemoryEngine();
  return {
    engine,
    table: memoryTable(leaves, engine),
    raw: async (id: string) => (await engine.read('leaf', id)).current,
  };
}

describe('texts that may be absent', () => {
  it('are undefined in the program and empty in the database, after each kind of write', async () => {
    const { table, raw } = replica();
    expect(await table.insert(BLANK)).toStrictEqual({ ...BLANK, revision: 1 });
    expect(await raw('a')).toStrictEqual({ ...STORED, revision: 1 });
    await table.update('a', (leaf) => ({ ...leaf, rack: 'r1' }));
    expect(await raw('a')).toStrictEqual({ ...STORED, rack: 'r1', revision: 2 });
    const { revision: _, ...content } = await table.upsert('a', (leaf) => ({ ...leaf!, rack: undefined }));
    expect(content).toStrictEqual(BLANK);
    expect(await raw('a')).toStrictEqual({ ...STORED, revision: 3 });
    expect((await table.replace({ ...BLANK, name: 'n' }, 3)).rack).toBeUndefined();
    expect(await raw('a')).toStrictEqual({ ...STORED, name: 'n', revision: 4 });
    await table.patchUnchecked([{ id: 'a', rack: undefined, name: 'p' }]);
    expect(table.get('a')).toStrictEqual({ ...BLANK, name: 'p', revision: 5 });
    expect(await raw('a')).toMatchObject({ rack: '', name: 'p' });
    expect(await table.remove('a')).toMatchObject({ rack: undefined, owner: { id: undefined } });
  });

  it('are read as undefined when an earlier release stored them, or stored none', async () => {
    const { engine, table } = replica();
    await engine.insert('leaf', STORED);
    await engine.insert('leaf', { id: 'b', name: 'b', ports: [] } as { id: string });
    expect(table.get('a')).toStrictEqual({ ...BLANK, revision: 1 });
    expect(table.get('b')?.rack).toBeUndefined();
    expect(table.by('rack', '')).toEqual([]);
    const late = memoryTable(leaves, engine);
    expect(late.get('a')).toStrictEqual({ ...BLANK, revision: 1 });
    expect(await late.readFresh('a')).toBe(late.get('a'));
  });

  it('do not change what other releases stored without them', async () => {
    const { engine, table, raw } = replica();
    await engine.insert('leaf', { id: 'b', name: 'b', ports: [] } as { id: string });
    await table.update('b', (leaf) => ({ ...leaf, name: 'c' }));
    expect(await raw('b')).toStrictEqual({ id: 'b', name: 'c', ports: [], revision: 2 });
  });

  it('leave documents that have them all as they are', async () => {
    const { engine, table } = replica();
    await table.insert(FULL);
    expect(table.get('f')).toBe((await engine.read('leaf', 'f')).current);
  });

  it('leave unchanged parts of a document as the engine knows them', async () => {
    const { engine, table } = replica();
    await table.insert(BLANK);
    const { current } = await engine.read('leaf', 'a');
    await table.update('a', (leaf) => ({ ...leaf, name: 'n', owner: { id: 'o' } }));
    const after = (await engine.read('leaf', 'a')).current as unknown as Leaf;
    expect(after.ports).toBe((current as unknown as Leaf).ports);
    expect(after).toStrictEqual({ ...STORED, name: 'n', owner: { id: 'o' }, revision: 2 });
  });

  it('are undefined for watchers', async () => {
    const { table } = replica();
    const seen: unknown[] = [];
    table.watch((change) => change.type === 'put' && seen.push(change.now.rack, change.now.ports[0]!.vrf));
    await table.insert(BLANK);
    expect(seen).toEqual([undefined, undefined]);
  });
});
