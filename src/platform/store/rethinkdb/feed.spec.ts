import { describe, expect, it } from 'vitest';
import type { RTable } from 'rethinkdb-ts';
import type { Document } from '../table.js';
import { Feed } from './feed.js';
import type { Lane } from './lane.js';

type Entry = Record<string, unknown>;
type Script = (Entry | Error)[];

/** A lane on which each attempt to follow gets the next script; a script that is used up waits for ever. */
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
  const lane = { run: async () => cursorOf(scripts[attempts++] ?? []) } as unknown as Lane;
  const table = { changes: () => undefined } as unknown as RTable;
  const brief = (document: Document): string => `${document.id}@${document.revision}`;
  const feed = new Feed(lane, table, {
    snapshot: (documents, removals) =>
      told.push(
        `snapshot ${documents.map(brief).join(' ')} - ${removals.map((r) => `${r.id}@${r.revision}`).join(' ')}`,
      ),
    put: (document) => told.push(`put ${brief(document)}`),
    removed: (id, revision) => told.push(`removed ${id}@${revision}`),
    forget: () => told.push('forget'),
    lost: (error) => told.push(`lost ${error.message}`),
  });
  void feed.run();
  const settled = async (lines: number): Promise<string[]> => {
    while (told.length < lines) await new Promise((resolve) => setTimeout(resolve, 2));
    await feed.stop();
    return told;
  };
  return { settled };
}

const row = (id: string, revision: number, more: Entry = {}): Entry => ({ id, revision, $writes: ['w'], ...more });
const READY = { state: 'ready' };
const START = { state: 'initializing' };

describe('Feed', () => {
  it('makes a snapshot of initial rows and changes that arrive interleaved', async () => {
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

  it('tells removals, and not that a removal was forgotten', async () => {
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
  ])('takes %s as a gap and begins anew', async (_, trouble) => {
    const { settled } = follow(
      [START, { new_val: row('a', 1) }, READY, trouble],
      [START, { new_val: row('a', 5) }, READY],
    );
    const told = await settled(3);
    expect(told[0]).toBe('snapshot a@1 - ');
    expect(told[1]).toMatch(/^lost /);
    expect(told[2]).toBe('snapshot a@5 - ');
  });

  it('hands over no snapshot of a feed that broke while it loaded', async () => {
    const { settled } = follow([START, { new_val: row('a', 1) }, new Error('gone')], [START, READY]);
    expect(await settled(2)).toEqual(['lost gone', 'snapshot  - ']);
  });
});
