import { BoundedMap } from '../../shared/concurrency/bounded-map.js';
import { newsOf } from './change-log.js';
import type { ChangeLog, Entry } from './change-log.js';
import { putFrame, removedFrame } from './frames.js';
import { cursorOf } from './watch.js';
import type { Position, Selection } from './watch.js';
import { shownObject } from './watch-kind.js';
import type { WatchKinds } from './watch-kinds.js';

/** Bytes of a batch, but for its last object. */
const BATCH = 64 * 1024;
/** Maximum number of batches that are kept for other readers. */
const MAX_BATCHES = 256;
/** Maximum number of objects that are looked through for one batch. */
const SCAN = 10_000;

/** What a reader at some position gets next. */
export interface Batch {
  readonly bytes: Buffer;
  readonly next: Position;
  /** Whether the reader has everything then. */
  readonly complete: boolean;
}

/** The batches since the last change; readers at the same position share them. */
export class Batches {
  private readonly kept = new BoundedMap<string, Batch>(MAX_BATCHES);

  constructor(
    private readonly log: ChangeLog,
    private readonly kinds: WatchKinds,
    private readonly epoch: string,
  ) {}

  /** The next batch of a reader at `position`. */
  at(selection: Selection, position: Position): Batch {
    const key = `${selection.key} ${position.since} ${position.at}`;
    return this.kept.getOrMake(key, () => this.make(selection, position));
  }

  /** The log has changed: no batch is valid any longer. */
  clear(): void {
    this.kept.clear();
  }

  private make(selection: Selection, position: Position): Batch {
    const buffers: Buffer[] = [];
    let length = 0;
    let scanned = 0;
    let { at } = position;
    for (const entry of this.log.after(at)) {
      if (length >= BATCH || scanned++ >= SCAN) {
        return { bytes: Buffer.concat(buffers), next: { since: position.since, at }, complete: false };
      }
      at = entry.seq;
      for (const buffer of this.framesOf(entry, selection, position))
        length += buffers[buffers.push(buffer) - 1]!.length;
    }
    const { last } = this.log;
    return { bytes: Buffer.concat(buffers), next: { since: last, at: last }, complete: true };
  }

  private framesOf(entry: Entry, selection: Selection, position: Position): readonly Buffer[] {
    const { kind, id, seq, sight } = entry;
    const news = newsOf(entry, selection, position);
    if (news === undefined) return [];
    const cursor = cursorOf(this.epoch, selection, { since: position.since, at: seq });
    if (news === 'removed') return [removedFrame(cursor, kind, id)];
    return putFrame(cursor, kind, id, shownObject(this.kinds.get(kind), sight!, selection.secrets));
  }
}
