import { Readable } from 'node:stream';
import type { Position, Selection } from './watch.js';

/** Bytes that wait in this process for a reader, besides those of one batch. */
const HIGH_WATER_MARK = 16 * 1024;

/** Why a watch ended: the reader may come again with its cursor, or has to begin anew. */
export interface Ending {
  readonly reason: 'shutdown' | 'credential' | 'lifetime';
  readonly message: string;
}

/** A watch as its HTTP response reads it: it requests bytes from the hub when the connection has room for them. */
export class Watcher extends Readable {
  /** Whether the connection has room. */
  hungry = false;
  /** Why the state of the reader is void, until a `reset` says so. */
  resetReason: string | undefined;
  /** The state begins, at a position that is known when it does. */
  starting = false;
  /** The state begins with this round of gathering changes. */
  round = 0;
  /** Whether a bookmark follows when the reader has everything. */
  bookmarkDue = true;
  ending: Ending | undefined;
  /** When something was sent last, in milliseconds of the process. */
  lastSent = performance.now();
  /** The last position whose cursor was sent. */
  announced = 0;

  constructor(
    readonly selection: Selection,
    public position: Position,
    /** When its life ends, in milliseconds of the process. */
    readonly until: number,
    /** Rejects when the caller may no longer read. */
    readonly recheck: () => Promise<void>,
    private readonly onHungry: (watcher: Watcher) => void,
  ) {
    super({ highWaterMark: HIGH_WATER_MARK });
  }

  give(bytes: Buffer): void {
    this.hungry = false;
    this.lastSent = performance.now();
    this.push(bytes);
  }

  override _read(): void {
    this.hungry = true;
    this.onHungry(this);
  }
}
