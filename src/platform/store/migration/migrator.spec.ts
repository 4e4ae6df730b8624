import { describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { MemoryEngine } from '../memory/memory-engine.js';
import type { Document } from '../table.js';
import type { Migration } from './migration.js';
import { migrate, pendingMigrations } from './migrator.js';

interface Box extends Document {
  readonly color?: string;
  readonly colour?: string;
}

const TIMING = { renew: 5, stale: 50 };

/** Renames a field of every box. */
const rename: Migration = {
  version: 2,
  name: 'colour',
  up: async (data) => {
    await data.rewrite('box', (document) => {
      const { colour, ...box } = document as Box;
      return colour === undefined ? document : { ...box, color: colour };
    });
  },
};

const first: Migration = { version: 1, name: 'tables', tables: ['box'] };

async function boxes(engine: MemoryEngine): Promise<(Document | undefined)[]> {
  return Promise.all(['a', 'b'].map(async (id) => (await engine.read('box', id)).current));
}

async function seeded(): Promise<MemoryEngine> {
  const engine = new MemoryEngine();
  for (const id of ['a', 'b']) await engine.insert('box', { id, colour: 'red' } as { id: string });
  return engine;
}

describe('migrate', () => {
  it('applies pending migrations once and in order', async () => {
    const engine = await seeded();
    const said: string[] = [];
    const say = (line: string) => said.push(line);
    expect(await migrate(engine, [first, rename], { say, target: 1 })).toEqual([1]);
    expect((await pendingMigrations(engine, [first, rename])).map(({ version }) => version)).toEqual([2]);
    expect(await migrate(engine, [first, rename], { say })).toEqual([2]);
    expect(await migrate(engine, [first, rename], { say })).toEqual([]);
    expect(said).toEqual(['0001 tables', '0002 colour']);
    expect(await boxes(engine)).toEqual([
      { id: 'a', color: 'red', revision: 2 },
      { id: 'b', color: 'red', revision: 2 },
    ]);
  });

  it('continues after an interruption', async () => {
    const engine = await seeded();
    const broken: Migration = {
      ...rename,
      up: async (data) => {
        await rename.up?.(data);
        throw new Error('interrupted');
      },
    };
    await expect(migrate(engine, [first, broken])).rejects.toThrow('interrupted');
    expect(await migrate(engine, [first, rename])).toEqual([2]);
    expect((await boxes(engine)).map((box) => box?.revision)).toEqual([2, 2]);
  });

  it('runs once when two processes start concurrently; the second waits and reports the holder', async () => {
    const engine = await seeded();
    let runs = 0;
    const said: string[] = [];
    const slow: Migration = {
      version: 1,
      name: 'slow',
      up: async () => {
        runs++;
        await eventually('the other process waits', () => said.length > 0);
      },
    };
    const run = () => migrate(engine, [slow], { timing: TIMING, say: (line) => said.push(line) });
    expect((await Promise.all([run(), run()])).flat()).toEqual([1]);
    expect(runs).toBe(1);
    expect(said.some((line) => line.startsWith('waiting for another migration, run by '))).toBe(true);
  });

  it('takes over the lock of a dead process, which then cannot record anything', async () => {
    const engine = await seeded();
    await engine.open();
    await engine.insert('migration', { id: 'lock', owner: 'dead' } as { id: string });
    expect(await migrate(engine, [first], { timing: TIMING })).toEqual([1]);

    const robbed: Migration = {
      version: 2,
      name: 'robbed',
      up: async () => {
        const lock = await engine.read('migration', 'lock');
        await engine.replace('migration', { id: 'lock', owner: 'thief' } as { id: string }, lock.revision);
      },
    };
    const error: unknown = await migrate(engine, [first, robbed]).catch((e: unknown) => e);
    expect(isDomainError(error, 'conflict')).toBe(true);
    expect((await engine.read('migration', '0002')).current).toBeUndefined();
    expect((await engine.read('migration', 'lock')).current).toMatchObject({ owner: 'thief' });
  });

  it('rejects a database of a newer program, and versions with gaps', async () => {
    const engine = await seeded();
    await migrate(engine, [first, rename]);
    const error: unknown = await migrate(engine, [first]).catch((e: unknown) => e);
    expect(String(error)).toContain('was migrated to 0002 (colour)');
    await expect(migrate(engine, [rename])).rejects.toThrow('expected 1');
  });
});
