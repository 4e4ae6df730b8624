import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { InjectLogger } from '../../platform/telemetry/inject-logger.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import type { Job } from '../../shared/concurrency/scheduler.js';
import { after } from '../../shared/concurrency/timers.js';
import { Store } from '../../platform/store/store.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { Batches } from './batches.js';
import { ChangeLog } from './change-log.js';
import { commentFrame, eventFrame } from './frames.js';
import { OpenKind } from './open-kind.js';
import { cursorOf, listAgain, positionOf } from './watch.js';
import type { Position, Selection } from './watch.js';
import type { WatchKind } from './watch-kind.js';
import { WatchKinds } from './watch-kinds.js';
import { Watcher } from './watcher.js';
import type { Ending } from './watcher.js';

/** How long readers are served in one round of the event loop, in milliseconds. */
const ROUND = 4;
/** Changes are gathered for at least this long, in milliseconds: many readers then share the bytes. */
const GATHER = 20;
/** Longest wait for more changes while the process is busy with watches, in milliseconds. */
const GATHER_AT_MOST = 1000;
/** Milliseconds of gathering for each millisecond of work: watches take a fifth of the process at most. */
const REST = 4;
/** Milliseconds between two looks at feeds, lives and silence. */
const BEAT = 250;
/** Longest silence of a watch, in milliseconds: shorter than the timeouts of proxies. */
const SILENCE = 15_000;
/** Milliseconds between two checks of each caller's token. */
const RECHECK = 2_000;
/** Longest life of a watch, in milliseconds; up to a tenth less, so that readers do not come back all at once. */
const LIFETIME = 3600_000;
/** How long a kind that is no longer watched stays open for readers who come back, in milliseconds. */
const KEEP_OPEN = 10 * 60_000;
/** How long readers have to take the last event, in milliseconds. */
const FAREWELL = 3_000;

/** Serves all watches of this process from one log of changes. */
@Injectable()
export class WatchHub implements BeforeApplicationShutdown {
  private readonly epoch = randomBytes(8).toString('hex');
  private readonly log = new ChangeLog();
  private readonly open = new Map<string, OpenKind>();
  private readonly watchers = new Set<Watcher>();
  /** Readers with room, in the order of their turns. */
  private readonly queue = new Set<Watcher>();
  private serving = false;
  private readonly batches: Batches;
  private settling: Job | undefined;
  /** How often changes were gathered, counted at the beginning, and at the end. */
  private rounds = 0;
  private roundsDone = 0;
  private beat: Job | undefined;
  private lastRecheck = performance.now();
  /** Milliseconds of work since changes were gathered last. */
  private spent = 0;
  private closing: Ending | undefined;

  constructor(
    private readonly kinds: WatchKinds,
    private readonly store: Store,
    private readonly scheduler: Scheduler,
    @InjectLogger() private readonly logger: AppLogger,
    metrics: Metrics,
  ) {
    this.batches = new Batches(this.log, kinds, this.epoch);
    metrics.gauge('metal_api_watches', 'watches that are open', () => [{ value: this.watchers.size }]);
  }

  /**
   * Begins a watch. With `cursor` it goes on where the reader was. Throws `malformed` for a text that is not a cursor,
   * `gone` when the reader has to list again, `unavailable` during shutdown.
   */
  watch(selection: Selection, cursor: string | undefined, recheck: () => Promise<void>): Watcher {
    if (this.closing) throw new DomainError('unavailable', this.closing.message);
    const position = cursor === undefined ? undefined : this.resumed(selection, cursor);
    const until = performance.now() + LIFETIME * (1 - Math.random() / 10);
    const begin = position ?? { since: 0, at: 0 };
    const watcher = new Watcher(selection, begin, until, recheck, (hungry) => this.serveSoon(hungry));
    for (const name of selection.kinds) this.openKind(this.kinds.get(name));
    // What was written before is part of the state that the first bookmark ends.
    watcher.round = this.isDirty ? this.rounds + 1 : this.rounds;
    if (begin.at === 0) watcher.resetReason = 'the state begins';
    watcher.announced = begin.at;
    this.watchers.add(watcher);
    watcher.once('close', () => this.watchers.delete(watcher));
    this.beat ??= this.scheduler.every(BEAT, 'watch-beat', () => this.onBeat());
    return watcher;
  }

  /** Ends all watches before the HTTP server waits for responses to end. */
  beforeApplicationShutdown(): void {
    this.closing = { reason: 'shutdown', message: 'the server shuts down, watch another one' };
    for (const watcher of this.watchers) this.end(watcher, this.closing);
    void this.beat?.cancel();
    void this.settling?.cancel();
    for (const kind of this.open.values()) kind.close();
    this.open.clear();
  }

  private resumed(selection: Selection, cursor: string): Position {
    const position = positionOf(cursor, this.epoch, selection);
    if (this.log.misses(selection, position)) throw listAgain('the cursor is too old');
    return position;
  }

  private openKind(kind: WatchKind): void {
    const found = this.open.get(kind.name);
    if (found) return void (found.idleSince = undefined);
    this.open.set(
      kind.name,
      new OpenKind(kind, this.log, {
        dirty: () => this.settleSoon(),
        interrupted: (name) => this.resetReadersOf(name),
        report: (message, error) => this.logger.warn(`${message}: ${String(error)}`),
      }),
    );
  }

  private settleSoon(): void {
    if (this.settling !== undefined || this.isSettling || this.closing) return;
    const wait = Math.min(Math.max(GATHER, REST * this.spent), GATHER_AT_MOST);
    this.spent = 0;
    this.settling = this.scheduler.once(wait, 'watch-settle', () => this.settle());
  }

  private get isSettling(): boolean {
    return this.rounds > this.roundsDone;
  }

  private get isDirty(): boolean {
    return [...this.open.values()].some((kind) => kind.isDirty);
  }

  private async settle(): Promise<void> {
    this.settling = undefined;
    this.rounds += 1;
    for (const kind of [...this.open.values()]) if (kind.isDirty) this.spent += await kind.settle();
    this.roundsDone = this.rounds;
    this.batches.clear();
    if (this.isDirty) this.settleSoon();
    for (const watcher of this.watchers) if (watcher.hungry) this.serveSoon(watcher);
  }

  private serveSoon(watcher: Watcher): void {
    this.queue.add(watcher);
    if (this.serving) return;
    this.serving = true;
    setImmediate(() => this.serveRound());
  }

  private serveRound(): void {
    const start = performance.now();
    for (const watcher of this.queue) {
      if (performance.now() - start >= ROUND) break;
      this.queue.delete(watcher);
      this.serve(watcher);
    }
    this.spent += performance.now() - start;
    this.serving = this.queue.size > 0;
    if (this.serving) setImmediate(() => this.serveRound());
  }

  /** Gives a reader with room the next bytes, if there are any for it. */
  private serve(watcher: Watcher): void {
    if (!watcher.hungry || watcher.destroyed) return;
    const { selection, ending } = watcher;
    if (ending) {
      watcher.give(eventFrame('end', ending));
      return void watcher.push(null);
    }
    if (watcher.resetReason === undefined && !watcher.starting && this.log.misses(selection, watcher.position)) {
      watcher.resetReason = 'the reader has fallen too far behind';
    }
    if (watcher.resetReason !== undefined) return this.reset(watcher, watcher.resetReason);
    if (!this.isWhole(selection) || watcher.round > this.roundsDone) return;
    if (watcher.starting) {
      watcher.position = { since: this.log.last, at: 0 };
      watcher.starting = false;
    }
    this.advance(watcher);
  }

  private reset(watcher: Watcher, reason: string): void {
    const cursor = cursorOf(this.epoch, watcher.selection, { since: 0, at: 0 });
    Object.assign(watcher, { resetReason: undefined, starting: true, bookmarkDue: true, announced: 0 });
    watcher.give(eventFrame('reset', { reason }, cursor));
  }

  private advance(watcher: Watcher): void {
    const { selection, position } = watcher;
    if (position.at === this.log.last && !watcher.bookmarkDue) return;
    const { bytes, next, complete } = this.batches.at(selection, position);
    watcher.position = next;
    if (bytes.length > 0) watcher.announced = next.at;
    const endsState = complete && watcher.bookmarkDue;
    if (endsState) return this.bookmark(watcher, bytes);
    if (bytes.length > 0) watcher.give(bytes);
    else if (!complete) this.serveSoon(watcher);
  }

  /** Sends a bookmark: the reader's state is that of the lists, and it may resume from the cursor. */
  private bookmark(watcher: Watcher, before?: Buffer): void {
    const cursor = cursorOf(this.epoch, watcher.selection, watcher.position);
    const frame = eventFrame('bookmark', { cursor }, cursor);
    watcher.bookmarkDue = false;
    watcher.announced = watcher.position.at;
    watcher.give(before ? Buffer.concat([before, frame]) : frame);
  }

  /** Whether the log has all objects of the selection, and receives their changes. */
  private isWhole({ kinds }: Selection): boolean {
    return [...kinds].every((name) => {
      const kind = this.open.get(name);
      return kind?.ready === true && !kind.broken;
    });
  }

  private resetReadersOf(kind: string): void {
    for (const watcher of this.watchers) {
      // A reader whose state has not begun since the last reset needs no other one.
      if (!watcher.selection.kinds.has(kind) || watcher.starting) continue;
      watcher.resetReason ??= 'the feed of the database was interrupted';
      if (watcher.hungry) this.serveSoon(watcher);
    }
  }

  private onBeat(): void {
    const now = performance.now();
    this.checkFeeds();
    this.closeIdleKinds(now);
    const isTimeToRecheck = now - this.lastRecheck >= RECHECK;
    if (isTimeToRecheck) this.lastRecheck = now;
    for (const watcher of this.watchers) {
      if (now >= watcher.until) this.end(watcher, { reason: 'lifetime', message: 'watch again with your cursor' });
      else if (isTimeToRecheck) void watcher.recheck().catch((error: Error) => this.endUnadmitted(watcher, error));
      if (watcher.hungry && now - watcher.lastSent >= SILENCE) this.breakSilence(watcher);
    }
  }

  private endUnadmitted(watcher: Watcher, error: Error): void {
    this.end(watcher, { reason: 'credential', message: error.message });
  }

  private checkFeeds(): void {
    for (const [name, kind] of this.open) {
      const isBroken = kind.tables.some((table) => this.store.named(table)?.synced === false);
      if (isBroken === kind.broken) continue;
      kind.broken = isBroken;
      if (isBroken) this.resetReadersOf(name);
      else for (const watcher of this.watchers) if (watcher.hungry) this.serveSoon(watcher);
    }
  }

  private closeIdleKinds(now: number): void {
    for (const [name, kind] of this.open) {
      const isWatched = [...this.watchers].some(({ selection }) => selection.kinds.has(name));
      if (isWatched) kind.idleSince = undefined;
      else if (now - (kind.idleSince ??= now) > KEEP_OPEN) {
        kind.close();
        this.open.delete(name);
      }
    }
    if (this.open.size > 0 || this.watchers.size > 0) return;
    void this.beat?.cancel();
    this.beat = undefined;
  }

  private breakSilence(watcher: Watcher): void {
    const { position, announced, starting, selection } = watcher;
    if (starting || !this.isWhole(selection)) return watcher.give(commentFrame('the database does not answer'));
    if (position.at === announced) return watcher.give(commentFrame('nothing new'));
    this.bookmark(watcher);
  }

  /** Ends a watch with an event that says why; a reader that does not take it is cut off. */
  private end(watcher: Watcher, ending: Ending): void {
    if (watcher.ending) return;
    watcher.ending = ending;
    if (watcher.hungry) this.serveSoon(watcher);
    after(FAREWELL, () => watcher.destroy());
  }
}
