import type { EngineNames } from '../engine.js';
import type { SavedKind, SavedState } from '../saved-state.js';
import type { Database } from './database.js';
import {
  documentKey,
  documentRange,
  entryKey,
  entryRange,
  removalKey,
  removalRange,
  type KeyRange,
  type Op,
} from './layout.js';

/** Size of an entry on disk, in bytes, for estimates. */
const ENTRY_BYTES = 300;

/** How many keys are deleted at once. */
const CLEAR_CHUNK = 1000;

function rangesOf({ tables, logs }: EngineNames): { kind: SavedKind; name: string; range: KeyRange }[] {
  return [
    ...tables.map((name) => ({ kind: 'document' as const, name, range: documentRange(name) })),
    ...tables.map((name) => ({ kind: 'removal' as const, name, range: removalRange(name) })),
    ...logs.flatMap((name) => {
      const range = entryRange(name, {});
      return range === undefined ? [] : [{ kind: 'entry' as const, name, range }];
    }),
  ];
}

/** Everything in a snapshot that is taken when the first state is asked for. */
export async function* captureSnapshot(db: Database, names: EngineNames): AsyncIterable<SavedState> {
  const snapshot = db.snapshot();
  try {
    for (const { kind, name, range } of rangesOf(names)) {
      for await (const [, json] of snapshot.entries(range)) yield { kind, name, json };
    }
  } finally {
    await snapshot.close();
  }
}

/** Number of entries in the logs, roughly. */
export async function estimateSize(db: Database, logs: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const { range } of rangesOf({ tables: [], logs })) bytes += await db.size(range);
  return Math.round(bytes / ENTRY_BYTES);
}

/** The writes that store the states; `now` is the time that removals get, in milliseconds since the epoch. */
export function storingOps(states: readonly SavedState[], now: number): Op[] {
  return states.flatMap(({ kind, name, json }): Op[] => {
    const { id, revision } = JSON.parse(json) as { id: string; revision: number };
    if (kind === 'entry') return [{ type: 'put', key: entryKey(name, id), value: json }];
    if (kind === 'document') {
      return [
        { type: 'put', key: documentKey(name, id), value: json },
        { type: 'del', key: removalKey(name, id) },
      ];
    }
    const removal = JSON.stringify({ id, revision, at: now });
    return [
      { type: 'del', key: documentKey(name, id) },
      { type: 'put', key: removalKey(name, id), value: removal },
    ];
  });
}

/** The writes that remove everything, in portions. */
export async function* clearingOps(db: Database, names: EngineNames): AsyncIterable<Op[]> {
  for (const { range } of rangesOf(names)) {
    let ops: Op[] = [];
    for await (const key of db.keys(range)) {
      ops.push({ type: 'del', key });
      if (ops.length < CLEAR_CHUNK) continue;
      yield ops;
      ops = [];
    }
    yield ops;
  }
}
