import { describe, expect, it } from 'vitest';
import type { Document } from '../table.js';
import type { FeedSink } from '../engine.js';
import { Feed } from './feed.js';
import type { PooledConnection } from './pooled-connection.js';
import type { ReqlTable } from './reql.js';
import { SeenWrites } from './seen-writes.js';

type Entry = Record<string, unknown>;
type Script = (Entry | Error)[];

/** A connection on which each follow attempt gets the next script; an exhausted script blocks forever. */
function follow(...scripts: Script[]) {
  const told: string[] = [];
  let attempts = 0;
  const cursorOf = (script: Script) => ({
    next: async () => {
      const entry = script.shift();
      if (entry === undefined) return new Promise<never>(() => undefined);
      if (entry instanceof Error) throw entry;
      return entry;
    },
    close: async () => undefined,
  });
  const connection = { run: async () => cursorOf(scripts[attempts++] ?? []) } as unknown as PooledConnection;
  const table = { changes: () => ({ map: () => undefined }) } as unknown as ReqlTable;
  const brief = (document: Document): string => `${document.id}@${document.revision}`;
  const seen = new SeenWrites();
  const sink: FeedSink = {
    snapshot: (documents, removals) =>
      told.push(
        `snapshot ${documents.map(brief).join(' ')} - ${removals.map((r) => `${r.id}@${r.revision}`).join(' ')}`,
      ),
    put: (document) => told.push(`put ${brief(document)}`),
    removed: (id, revision) => told.push(`removed ${id}@${revision}`),
    invalidate: () => told.push('forget'),
    lost: (error) => told.push(`lost ${error.message}`),
  };
  const feed = new Feed(connection, { name: 'box', query: table }, sink, seen);
  void feed.run();
  const settled = async (lines: number): Promise<string[]> => {
    while (told.length < lines) await new Promise((resolve) => setTimeout(resolve, 2));
    await feed.stop();
    return told;
  };
  return { settled, seen };
}

const row = (id: string, revision: number, more: Entry = {}): Entry => ({ id, revision, $writes: ['w'], ...more });
const change = (id: string, revision: number, write: string): Entry => ({
  old_val: row(id, revision - 1),
  new_val: row(id, revision, { $writes: [write] }),
});
const READY = { state: 'ready' };
const START = { state: 'initializing' };

describe('Feed', () => {
  it('builds a snapshot from interleaved initial rows and changes', async () => {
    const { settled } = follow([
      START,
      { new_val: row('a', 1) },
      { new_val: row('b', 1) },
      { old_val: row('a', 1), new_val: row('a', 2) },
      { old_val: row('b', 1), new_val: row('b', 2, { $removed: 1 }) },
      { new_val: row('c', 4) },
      { old_val: row('c', 4), new_val: null },
      READY,
      { old_val: row('a', 2), new_val: row('a', 3) },
    ]);
    expect(await settled(2)).toEqual(['snapshot a@2 - b@2', 'put a@3']);
  });

  it('records which writes it has delivered, and forgets those of a feed that has ended', async () => {
    const { settled, seen } = follow(
      [
        START,
        { new_val: row('a', 1, { $writes: ['w1'], $times: [100] }) },
        READY,
        change('a', 2, 'w2'),
        new Error('gap'),
      ],
      [START, { new_val: row('a', 2, { $writes: ['other'], $times: [101] }) }, READY, change('b', 7, 'w7')],
    );
    await settled(5);
    expect(seen.behind('box', 'a', 2)).toBe('other');
    expect(seen.behind('box', 'b', 7)).toBe('w7');
  });

  it('reports removals, but not the expiry of tombstones', async () => {
    const removed = row('a', 2, { $removed: 1 });
    const { settled } = follow([
      START,
      { new_val: row('a', 1) },
      { new_val: row('b', 7) },
      READY,
      { old_val: row('a', 1), new_val: removed },
      { old_val: removed, new_val: null },
      { old_val: row('b', 7), new_val: null },
    ]);
    expect(await settled(3)).toEqual(['snapshot a@1 b@7 - ', 'removed a@2', 'removed b@8']);
  });

  it.each([
    ['an error entry', { error: 'Changefeed cache over array size limit, skipped 3 elements.' }],
    ['a broken connection', new Error('The connection was closed')],
    ['an end without an error', new Error('No more rows in the cursor.')],
  ])('treats %s as a gap and restarts', async (_, trouble) => {
    const { settled } = follow(
      [START, { new_val: row('a', 1) }, READY, trouble],
      [START, { new_val: row('a', 5) }, READY],
    );
    const told = await settled(3);
    expect(told[0]).toBe('snapshot a@1 - ');
    expect(told[1]).toMatch(/^lost /);
    expect(told[2]).toBe('snapshot a@5 - ');
  });

  it('delivers no snapshot from a feed that broke while loading', async () => {
    const { settled } = follow([START, { new_val: row('a', 1) }, new Error('gone')], [START, READY]);
    expect(await settled(2)).toEqual(['lost gone', 'snapshot  - ']);
  });
});
