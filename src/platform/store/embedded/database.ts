import { createRequire } from 'node:module';
import { ClassicLevel } from 'classic-level';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { FORMAT, FORMAT_KEY, type KeyRange, type Op } from './layout.js';

/** The few operations of the key-value library that the engine uses; tests hand in one that fails. */
export interface Database {
  /** All of `ops` or none; durable when it resolves. */
  write(ops: readonly Op[]): Promise<void>;
  entries(range: KeyRange, options?: { readonly reverse?: boolean }): AsyncIterable<readonly [string, string]>;
  has(key: string): Promise<boolean>;
  /** As `entries`, without the values. */
  keys(range: KeyRange, options?: { readonly reverse?: boolean }): AsyncIterable<string>;
  close(): Promise<void>;
}

const manifest = createRequire(import.meta.url)('classic-level/package.json') as { readonly version: string };

/** How many entries are read at once, and how many bytes they may take. */
const PAGE = 1000;
const PAGE_BYTES = 1024 * 1024;

/** Name and version of the library, for health. */
export const DATABASE_VERSION = `classic-level ${manifest.version}`;

/**
 * Opens (or creates) the database in `folder`. Throws `unavailable` when it cannot: another process has it open, or
 * a newer version of this program wrote it.
 */
export async function openDatabase(folder: string): Promise<Database> {
  const db = new ClassicLevel<string, string>(folder, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
  try {
    await db.open();
  } catch (error) {
    throw new DomainError('unavailable', whyNotOpened(folder, error), undefined, { cause: error });
  }
  await checkFormat(db, folder);
  return {
    write: (ops) => db.batch([...ops], { sync: true }),
    entries: (range, options) => entriesOf(db, range, options?.reverse ?? false),
    // The way to another thread and back costs more than the look.
    has: async (key) => db.getSync(key) !== undefined,
    keys: (range, options) => keysOf(db, range, options?.reverse ?? false),
    close: () => db.close(),
  };
}

/**
 * Rewrites the files of the database in `folder`, so that nothing remains in them of what was replaced or removed. Only
 * while no other process has it open.
 */
export async function compactDatabase(folder: string): Promise<void> {
  const db = new ClassicLevel<string, string>(folder, { keyEncoding: 'utf8', valueEncoding: 'utf8' });
  await db.open();
  await db.compactRange('', '\uffff');
  await db.close();
}

/** In pages: crossing into the library and back once for each entry would make loading five times slower. */
async function* entriesOf(
  db: ClassicLevel,
  range: KeyRange,
  reverse: boolean,
): AsyncIterable<readonly [string, string]> {
  const iterator = db.iterator({ ...range, reverse, highWaterMarkBytes: PAGE_BYTES });
  try {
    for (let page = await iterator.nextv(PAGE); page.length > 0; page = await iterator.nextv(PAGE)) yield* page;
  } finally {
    await iterator.close();
  }
}

async function* keysOf(db: ClassicLevel, range: KeyRange, reverse: boolean): AsyncIterable<string> {
  const iterator = db.keys({ ...range, reverse, highWaterMarkBytes: PAGE_BYTES });
  try {
    for (let page = await iterator.nextv(PAGE); page.length > 0; page = await iterator.nextv(PAGE)) yield* page;
  } finally {
    await iterator.close();
  }
}

function whyNotOpened(folder: string, error: unknown): string {
  if (isLocked(error)) {
    return `data folder "${folder}" is in use by another process: stop that one, or set METAL_API_DATA_DIR to another folder`;
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
  throw new DomainError('unavailable', `data folder "${folder}" has format ${found}; this program knows ${FORMAT}`);
}
