import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../shared/clock.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { LiveTable } from '../live-table.js';
import { defineTable, type Document } from '../table.js';
import { REMEMBER_REMOVALS_MS } from '../tombstones.js';
import { openDatabase, type Database } from './database.js';
import { EmbeddedEngine, type EmbeddedOptions } from './embedded-engine.js';
import type { Op } from './layout.js';

interface Box extends Document {
  readonly count: number;
}

const boxes = defineTable<Box>()({ name: 'box' });
const kindOf = (error: unknown): string => (isDomainError(error) ? error.kind : String(error));
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('EmbeddedEngine', () => {
  let folder: string;
  const engines: EmbeddedEngine[] = [];

  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'embedded-'))));
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(options?: EmbeddedOptions) {
    const engine = new EmbeddedEngine(folder, options);
    await engine.open({ tables: ['box'] });
    engines.push(engine);
    const table = new LiveTable(engine, boxes, { report: () => undefined });
    await table.start();
    return { engine, table };
  }

  /** A database whose writes the test releases or fails one at a time. */
  function gated() {
    const waiting: { readonly ops: readonly Op[]; readonly go: () => void; readonly fail: (e: Error) => void }[] = [];
    const openGated = async (path: string): Promise<Database> => {
      const db = await openDatabase(path);
      const write = (ops: readonly Op[]): Promise<void> =>
        new Promise((resolve, reject) => {
          const go = (): void => void db.write(ops).then(resolve, reject);
          waiting.push({ ops, go, fail: reject });
        });
      return { ...db, write };
    };
    return { waiting, open: openGated };
  }

  it('rejects a folder that is already open, with instructions', async () => {
    await open();
    const error: unknown = await open().catch((e: unknown) => e);
    expect(kindOf(error)).toBe('unavailable');
    expect(String(error)).toContain(`"${folder}" is in use by another process`);
    expect(String(error)).toContain('METAL_API_DATA_DIR');
  });

  it('batches concurrent writes into few disk writes and resolves them only when durable', async () => {
    const { waiting, open: openGated } = gated();
    const { table } = await open({ open: openGated });
    let answered = 0;
    const writes = Array.from({ length: 50 }, (_, i) =>
      table.insert({ id: `b${i}`, count: i }).then(() => void answered++),
    );
    await turn();
    const late = table.insert({ id: 'late', count: 0 }).then(() => void answered++);
    await turn();
    expect(waiting.map(({ ops }) => ops.length)).toEqual([50]);
    expect([answered, table.size]).toEqual([0, 0]);
    waiting[0]!.go();
    await Promise.all(writes);
    await turn();
    expect(waiting.map(({ ops }) => ops.length)).toEqual([50, 1]);
    expect(answered).toBe(50);
    waiting[1]!.go();
    await late;
  });

  it('delays refusals and reads that are based on writes that are not durable yet', async () => {
    const { waiting, open: openGated } = gated();
    const { engine, table } = await open({ open: openGated });
    const first = table.insert({ id: 'a', count: 1 });
    const answers: string[] = [];
    const second = table.insert({ id: 'a', count: 2 }).catch((error: unknown) => void answers.push(kindOf(error)));
    const read = engine.read('box', 'a').then(({ current }) => void answers.push(String(current?.revision)));
    await turn();
    expect(answers).toEqual([]);
    waiting[0]!.go();
    await Promise.all([first, second, read]);
    expect(answers.sort()).toEqual(['1', 'already-exists']);
  });

  it('loads a table that is opened while a write is in flight, and does not block the process', async () => {
    const { engine, table } = await open();
    const written = table.insert({ id: 'a', count: 1 });
    await Promise.resolve();
    const late = new LiveTable(engine, boxes);
    await late.start();
    await written;
    expect(late.get('a')).toMatchObject({ count: 1 });
    await late.stop();
  });

  it('after a failed disk write reloads everything from disk, reports a gap and continues', async () => {
    const { waiting, open: openGated } = gated();
    const { table } = await open({ open: openGated });
    const kept = table.insert({ id: 'kept', count: 1 });
    await turn();
    waiting[0]!.go();
    await kept;
    const heard: string[] = [];
    table.watch((change) => heard.push(change.type));
    const failed = table.insert({ id: 'lost', count: 1 }).catch((error: Error) => error.message);
    await turn();
    const queued = table.insert({ id: 'queued', count: 1 }).catch((error: Error) => error.message);
    await turn();
    waiting[1]!.fail(new Error('disk full'));
    expect(await Promise.all([failed, queued])).toEqual(['disk full', 'disk full']);
    expect(table.synced).toBe(false);
    expect(await table.insert({ id: 'x', count: 1 }).catch(kindOf)).toBe('unavailable');
    while (!table.synced) await turn();
    expect(heard).toEqual(['reset']);
    expect([...table.list()].map(({ id }) => id)).toEqual(['kept']);
    const again = table.insert({ id: 'lost', count: 2 });
    await turn();
    waiting[2]!.go();
    expect((await again).revision).toBe(1);
  });

  it('keeps tombstones for a day', async () => {
    const clock = new ManualClock();
    const first = await open({ clock });
    for (const id of ['old', 'new']) await first.table.insert({ id, count: 1 });
    await first.table.remove('old');
    clock.advance(REMEMBER_REMOVALS_MS - 1000);
    await first.table.remove('new');
    await first.engine.close();
    clock.advance(2000);
    const second = await open({ clock });
    expect((await second.table.insert({ id: 'new', count: 1 })).revision).toBe(3);
    expect((await second.table.insert({ id: 'old', count: 1 })).revision).toBe(1);
  });

  it('rejects a folder with another format', async () => {
    const { engine } = await open();
    await engine.close();
    const db = await openDatabase(folder);
    await db.write([{ type: 'put', key: 'meta!format', value: '99' }]);
    await db.close();
    await expect(open()).rejects.toThrow('has format 99');
  });
});
