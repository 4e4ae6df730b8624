import { LoopSlicer } from '../../shared/event-loop.js';
import type { ChangeLog } from './change-log.js';
import type { WatchKind } from './watch-kind.js';

export interface OpenKindHooks {
  /** Something may have changed: `settle` is to be called soon. */
  readonly dirty: () => void;
  /** The feed was interrupted, and is whole again. */
  readonly interrupted: (kind: string) => void;
  readonly report: (message: string, error: unknown) => void;
}

/** A kind that is being watched: gathers what may have changed, and brings the log up to date. */
export class OpenKind {
  private readonly dirty = new Set<string>();
  /** By source. */
  private readonly keys: Set<string>[];
  private readonly unfollow: (() => void)[];
  private complete = false;
  /** Everything has to be looked at before it is complete. */
  private stale = false;
  /** When the last watch of it ended, in milliseconds of the process. */
  idleSince: number | undefined;
  /** Whether its feed is broken, and readers have received a `reset`. */
  broken = false;

  constructor(
    private readonly kind: WatchKind,
    private readonly log: ChangeLog,
    private readonly hooks: OpenKindHooks,
  ) {
    this.keys = kind.sources.map(() => new Set<string>());
    this.unfollow = kind.sources.map((source, index) =>
      source.follow(
        (key) => {
          this.keys[index]!.add(key);
          hooks.dirty();
        },
        () => {
          this.markAll();
          hooks.interrupted(kind.name);
        },
      ),
    );
    this.markAll();
  }

  /** Names of the tables that it depends on. */
  get tables(): readonly string[] {
    return this.kind.sources.map(({ table }) => table);
  }

  /** Whether the log has had all objects since the feed began. */
  get ready(): boolean {
    return this.complete;
  }

  /** Whether `settle` has something to do. */
  get isDirty(): boolean {
    return this.dirty.size > 0 || this.stale || this.keys.some(({ size }) => size > 0);
  }

  close(): void {
    for (const stop of this.unfollow) stop();
    this.log.drop(this.kind.name);
  }

  /** Looks at everything that may have changed, in slices; resolves to the milliseconds that it took. */
  async settle(): Promise<number> {
    let spent = 0;
    let start = performance.now();
    const slices = new LoopSlicer();
    this.stale = false;
    for (const id of this.takeDirty()) {
      if (slices.due) {
        spent += performance.now() - start;
        await slices.pause();
        start = performance.now();
      }
      this.look(id);
    }
    // The feed may have been interrupted once more.
    if (!this.stale) this.complete = true;
    return spent + performance.now() - start;
  }

  private takeDirty(): string[] {
    this.kind.sources.forEach((source, index) => {
      for (const key of this.keys[index]!) for (const id of source.idsOf(key)) this.dirty.add(id);
      this.keys[index]!.clear();
    });
    const ids = [...this.dirty];
    this.dirty.clear();
    return ids;
  }

  private look(id: string): void {
    try {
      this.log.record(this.kind.name, id, this.kind.look(id));
    } catch (error) {
      this.hooks.report(`${this.kind.name} "${id}" cannot be shown to watches`, error);
    }
  }

  private markAll(): void {
    this.stale = true;
    this.complete = false;
    for (const id of this.log.ids(this.kind.name)) this.dirty.add(id);
    for (const id of this.kind.ids()) this.dirty.add(id);
    this.hooks.dirty();
  }
}
