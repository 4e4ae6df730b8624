import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../shared/clock.js';
import type { Stored } from './engine.js';
import { TableMirror, type Discrepancy } from './table-mirror.js';
import { defineTable, type Change, type Document } from './table.js';

interface Box extends Document {
  readonly color?: string;
}

const boxes = defineTable<Box>()({ name: 'box', indexes: { color: (box) => box.color } });

function replica() {
  const verified: string[] = [];
  const discrepancies = new Map<string, Discrepancy>();
  const reports: string[] = [];
  const clock = new ManualClock();
  const box = new TableMirror(
    boxes,
    {
      report: (message) => reports.push(message),
      verify: (discrepancy) => {
        verified.push(discrepancy.id);
        discrepancies.set(discrepancy.id, discrepancy);
      },
      lost: () => undefined,
      synced: () => undefined,
    },
    clock,
  );
  const changes: Change<Box>[] = [];
  box.watch((change) => changes.push(change));
  const settle = (id: string, stored: Stored): void => discrepancies.get(id)!.settle(stored);
  return { box, verified, settle, discrepancies, reports, changes, clock };
}

const doc = (id: string, revision: number, color = 'red'): Box => ({ id, revision, color });
const brief = (changes: readonly Change<Box>[]) =>
  changes.map((c) =>
    c.type === 'reset' ? 'reset' : `${c.type} ${c.id}${c.type === 'put' ? `@${c.now.revision}` : ''}`,
  );

describe('TableMirror', () => {
  it('keeps the newest revision regardless of the order of arrival', () => {
    const { box, changes } = replica();
    box.snapshot([doc('a', 1)], []);
    box.put(doc('a', 3));
    box.put(doc('a', 2));
    expect(box.get('a')?.revision).toBe(3);
    expect(brief(changes)).toEqual(['put a@1', 'reset', 'put a@3']);
  });

  it('ignores late entries of a removed document and accepts its successor', () => {
    const { box } = replica();
    box.snapshot([doc('a', 4)], []);
    box.applyRemoval('a', 5);
    box.put(doc('a', 4));
    expect(box.get('a')).toBeUndefined();
    box.put(doc('a', 6));
    box.removed('a', 5);
    expect(box.get('a')?.revision).toBe(6);
  });

  it('drops tombstones after a while', () => {
    const { box, clock } = replica();
    box.snapshot([doc('a', 4)], []);
    box.removed('a', 5);
    clock.advance(11 * 60_000);
    box.put(doc('b', 1));
    box.removed('b', 2);
    box.put(doc('a', 1));
    expect(box.get('a')?.revision).toBe(1);
  });

  it('keeps indexes up to date', () => {
    const { box } = replica();
    box.snapshot([doc('a', 1, 'red'), doc('b', 1, 'red')], []);
    box.put(doc('a', 2, 'blue'));
    expect(box.by('color', 'red').map((b) => b.id)).toEqual(['b']);
    expect(box.by('color', 'blue').map((b) => b.id)).toEqual(['a']);
    box.removed('b', 2);
    expect(box.by('color', 'red')).toEqual([]);
  });

  it('adopts a snapshot after a gap and notifies watchers of the differences, then of a reset', () => {
    const { box, changes } = replica();
    box.snapshot([doc('a', 1), doc('b', 1), doc('c', 1)], []);
    box.lost(new Error('gap'));
    expect(box.synced).toBe(false);
    changes.length = 0;
    box.snapshot([doc('b', 2), doc('c', 1), doc('d', 1)], []);
    expect([...box.list()].map((b) => `${b.id}@${b.revision}`).sort()).toEqual(['b@2', 'c@1', 'd@1']);
    expect(brief(changes)).toEqual(['put b@2', 'put d@1', 'removed a', 'reset']);
    expect(box.synced).toBe(true);
  });

  it('prefers responses received during a gap to an older snapshot, and has them verified', () => {
    const { box, verified } = replica();
    box.snapshot([doc('a', 1), doc('b', 1)], []);
    box.lost(new Error('gap'));
    box.applyDocument(doc('a', 2));
    box.applyDocument(doc('new', 1));
    box.applyRemoval('b', 2);
    box.snapshot([doc('a', 1), doc('b', 1)], []);
    expect(box.get('a')?.revision).toBe(2);
    expect(box.get('new')?.revision).toBe(1);
    expect(box.get('b')).toBeUndefined();
    expect(verified).toEqual(['a', 'b', 'new']);
  });

  it.each([
    ['a row that was read while an empty snapshot was in effect', { current: doc('a', 5), revision: 5 }],
    ['a removal that was read then', { current: undefined, revision: 5 }],
    ['an absence that was read then', { current: undefined, revision: 0 }],
  ])('adopts the snapshot of a restored database despite earlier responses: %s', (_, stored) => {
    const { box, verified } = replica();
    box.snapshot([doc('a', 5), doc('b', 9)], []);
    box.lost(new Error('gap'));
    box.snapshot([], []);
    box.lost(new Error('gap'));
    box.applyStored('a', stored);
    box.snapshot([doc('a', 5), doc('b', 3, 'blue')], []);
    expect(box.get('a')).toEqual(doc('a', 5));
    expect(box.get('b')).toEqual(doc('b', 3, 'blue'));
    expect(verified).toEqual([]);
    box.put(doc('b', 4));
    expect(box.get('b')?.revision).toBe(4);
  });

  it('reverts responses from a previous history once they are verified', () => {
    const { box, changes, verified, settle } = replica();
    box.snapshot([doc('a', 1), doc('b', 1)], []);
    box.lost(new Error('gap'));
    for (const id of ['a', 'b', 'c']) box.applyDocument(doc(id, 7, 'old'));
    box.snapshot([doc('a', 2)], [{ id: 'b', revision: 2 }]);
    expect(verified).toEqual(['a', 'b', 'c']);
    changes.length = 0;
    settle('a', { current: doc('a', 2), revision: 2 });
    settle('b', { current: undefined, revision: 2 });
    settle('c', { current: undefined, revision: 0 });
    expect([...box.list()]).toEqual([doc('a', 2)]);
    expect(brief(changes)).toEqual(['put a@2', 'removed b', 'removed c']);
    box.put(doc('c', 1));
    expect(box.get('c')?.revision).toBe(1);
  });

  it('repeats a verification if the feed delivers newer changes in the meantime', () => {
    const { box, verified, settle, discrepancies } = replica();
    box.snapshot([], []);
    box.lost(new Error('gap'));
    box.applyDocument(doc('a', 7, 'old'));
    box.snapshot([doc('a', 2)], []);
    box.put(doc('a', 3));
    settle('a', { current: doc('a', 2), revision: 2 });
    expect(verified).toEqual(['a', 'a']);
    settle('a', { current: doc('a', 3), revision: 3 });
    expect(box.get('a')).toEqual(doc('a', 3));
    expect(discrepancies.get('a')?.open).toBe(false);
  });

  it('accepts the first revision of an id after the database has lost an unconfirmed one', () => {
    const { box } = replica();
    box.snapshot([doc('a', 1)], []);
    box.lost(new Error('crash'));
    box.snapshot([], []);
    box.applyDocument(doc('a', 1, 'blue'));
    expect(box.get('a')).toEqual(doc('a', 1, 'blue'));
  });

  it('distinguishes states of the same revision after a gap', () => {
    const { box, changes } = replica();
    box.snapshot([doc('a', 4, 'red'), doc('b', 4, 'red')], []);
    box.lost(new Error('crash'));
    changes.length = 0;
    box.snapshot([doc('a', 4, 'blue'), doc('b', 4, 'red')], []);
    expect(box.by('color', 'blue')).toEqual([doc('a', 4, 'blue')]);
    expect(brief(changes)).toEqual(['put a@4', 'reset']);
  });

  it('discards revisions on invalidate, but keeps documents readable until the next snapshot', () => {
    const { box } = replica();
    box.snapshot([doc('a', 8), doc('b', 8)], [{ id: 'c', revision: 8 }]);
    box.invalidate();
    expect([box.synced, box.isHistoryForeign, box.get('a')?.revision]).toEqual([false, true, 8]);
    box.applyDocument(doc('a', 2));
    box.applyDocument(doc('c', 1));
    expect([box.get('a')?.revision, box.get('c')?.revision]).toEqual([2, 1]);
    box.snapshot([doc('a', 2), doc('c', 1)], []);
    expect([box.synced, box.isHistoryForeign, box.size]).toEqual([true, false, 2]);
    expect(box.get('b')).toBeUndefined();
  });

  it('ignores a late response to a write whose document was removed before the snapshot', () => {
    const { box } = replica();
    box.snapshot([doc('a', 1)], []);
    box.lost(new Error('gap'));
    box.snapshot([], [{ id: 'a', revision: 3 }]);
    box.applyDocument(doc('a', 2));
    expect(box.get('a')).toBeUndefined();
  });

  it('notifies of changes in order even if a listener causes another one', () => {
    const { box, changes } = replica();
    box.snapshot([], []);
    const heard: string[] = [];
    box.watch((change) => {
      if (change.type === 'put' && change.now.revision === 1) box.put(doc('a', 2));
    });
    box.watch((change) => heard.push(...brief([change])));
    box.put(doc('a', 1));
    expect(heard).toEqual(['put a@1', 'put a@2']);
    expect(brief(changes)).toEqual(['reset', 'put a@1', 'put a@2']);
  });

  it('survives watchers that throw and reports them', () => {
    const { box, reports } = replica();
    box.watch(() => {
      throw new Error('broken watcher');
    });
    box.snapshot([doc('a', 1)], []);
    expect(box.get('a')).toBeDefined();
    expect(reports).toEqual(['a watcher failed on "put"', 'a watcher failed on "reset"']);
  });

  it('deep-freezes documents', () => {
    const { box } = replica();
    box.snapshot([{ id: 'a', revision: 1, tags: [{ x: 1 }] } as Box], []);
    expect(() => ((box.get('a') as unknown as { tags: { x: number }[] }).tags[0]!.x = 2)).toThrow(TypeError);
  });
});
