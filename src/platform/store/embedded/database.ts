import { createRequire } from 'node:module';
import { ClassicLevel } from 'classic-level';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { FORMAT, FORMAT_KEY, type KeyRange, type Op } from './layout.js';

/** A key with its value. */
export type Entry = readonly [string, string];

/** The operations of the key-value library that the engine uses; tests substitute a database that fails. */
export interface Database {
  /** Atomic; durable when it resolves. */
  write(ops: readonly Op[]): Promise<void>;
  entries(range: KeyRange, options?: { readonly reverse?: boolean }): AsyncIterable<Entry>;
  /** Only the values, in pages: an asynchronous step for each of a million entries would take as long as to read them. */
  values(range: KeyRange): AsyncIterable<readonly string[]>;
  has(key: string): Promise<boolean>;
  /** Like `entries`, without the values. */
  keys(range: KeyRange, options?: { readonly reverse?: boolean }): AsyncIterable<string>;
  /** The database as it is now, whatever is written afterwards. Close it. */
  snapshot(): DatabaseSnapshot;
  /** Size of a range on disk, in bytes, roughly. */
  size(range: KeyRange): Promise<number>;
  close(): Promise<void>;
}

export interface DatabaseSnapshot {
  entries(range: KeyRange): AsyncIterable<Entry>;
  close(): Promise<void>;
}

const manifest = createRequire(import.meta.url)('classic-level/package.json') as { readonly version: string };

/** How many entries are read in one call, and their maximum size in bytes. */
const PAGE = 1000;
const PAGE_BYTES = 1024 * 1024;

/**
 * Files that are open at a time, of 2 MB each: the library maps them into memory, where all that was ever read would stay. The
 * least that it accepts.
 */
const MAX_OPEN_FILES = 74;

/** Name and version of the library, for the health endpoint. */
export const DATABASE_VERSION = `classic-level ${manifest.version}`;

/**
 * Opens (or creates) the database in `folder`. Throws `unavailable` if another process has it open, or if it was
 * written by a newer version of this program.
 */
export async function openDatabase(folder: string): Promise<Database> {
  const db = new ClassicLevel<string, string>(folder, {
    keyEncoding: 'utf8',
    valueEncoding: 'utf8',
    maxOpenFiles: MAX_OPEN_FILES,
  });
  try {
    await db.open();
  } catch (error) {
    throw new DomainError('unavailable', whyNotOpened(folder, error), undefined, { cause: error });
  }
  await checkFormat(db, folder);
  return {
    write: (ops) => writeBatch(db, ops),
    entries: (range, options) => entriesOf(db, range, options?.reverse ?? false),
    values: (range) => pagesOf(db.values({ ...range, highWaterMarkBytes: PAGE_BYTES })),
    // A synchronous lookup is cheaper than a round trip to another thread.
    has: async (key) => db.getSync(key) !== undefined,
    keys: (range, options) => keysOf(db, range, options?.reverse ?? false),
    snapshot: () => {
      const snapshot = db.snapshot();
      return { entries: (range) => entriesOf(db, range, false, snapshot), close: () => snapshot.close() };
    },
    size: (range) => db.approximateSize(range.gte, range.lt),
    close: () => db.close(),
  };
}

/**
 * Rewrites the files of the database in `folder`, so that they retain nothing that was replaced or removed. No other
 * process may have the database open.
 */
export async function compactDatabase(folder: string): Promise<void> {
  const db = new ClassicLevel<string, string>(folder, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
  await db.open();
  await db.compactRange('', '\uffff');
  await db.close();
}

/** Hands operations over one by one: an array of them would be copied and checked, at twice the cost of the whole write. */
async function writeBatch(db: ClassicLevel, ops: readonly Op[]): Promise<void> {
  const batch = db.batch();
  try {
    for (const op of ops) {
      if (op.type === 'put') batch.put(op.key, op.value);
      else batch.del(op.key);
    }
    await batch.write({ sync: true });
  } finally {
    await batch.close();
  }
}

async function* entriesOf(
  db: ClassicLevel,
  range: KeyRange,
  reverse: boolean,
  snapshot?: ReturnType<ClassicLevel['snapshot']>,
): AsyncIterable<Entry> {
  const iterator = db.iterator({ ...range, reverse, snapshot, highWaterMarkBytes: PAGE_BYTES });
  for await (const page of pagesOf(iterator)) yield* page;
}

async function* keysOf(db: ClassicLevel, range: KeyRange, reverse: boolean): AsyncIterable<string> {
  const iterator = db.keys({ ...range, reverse, highWaterMarkBytes: PAGE_BYTES });
  for await (const page of pagesOf(iterator)) yield* page;
}

/**
 * Reads in pages: calling the library for each single entry would make loading five times slower. Who reads beyond the first
 * page probably reads everything, and gets the next page read while it works on one.
 */
async function* pagesOf<E>(iterator: {
  nextv(size: number): Promise<E[]>;
  close(): Promise<void>;
}): AsyncIterable<readonly E[]> {
  let next: Promise<E[]> | undefined;
  try {
    for (let page = await iterator.nextv(PAGE); page.length > 0;) {
      yield page;
      page = await (next ?? iterator.nextv(PAGE));
      if (page.length === 0) return;
      next = iterator.nextv(PAGE);
      next.catch(() => undefined); // reported when it is awaited
    }
  } finally {
    await iterator.close();
  }
}

function whyNotOpened(folder: string, error: unknown): string {
  if (isLocked(error)) {
    return `data folder "${folder}" is in use by another process: stop that process, or set METAL_API_DATA_DIR to another folder`;
  }
  const { cause } = error as Error;
  return `data folder "${folder}" cannot be opened: ${cause instanceof Error ? cause.message : String(error)}`;
}

function isLocked(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as { code?: unknown }).code === 'LEVEL_LOCKED' || isLocked(error.cause);
}

async function checkFormat(db: ClassicLevel, folder: string): Promise<void> {
  const found: string | undefined = await db.get(FORMAT_KEY);
  if (found === undefined) return db.put(FORMAT_KEY, String(FORMAT), { sync: true });
  if (found === String(FORMAT)) return;
  await db.close();
  throw new DomainError(
    'unavailable',
    `data folder "${folder}" has format ${found}; this program requires format ${FORMAT}`,
  );
}
