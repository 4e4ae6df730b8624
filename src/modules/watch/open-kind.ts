import { ChangedObjects } from '../../platform/store/changed-objects.js';
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
  private readonly changed: ChangedObjects;
  private complete = false;
  /** When the last watch of it ended, in milliseconds of the process. */
  idleSince: number | undefined;
  /** Whether its feed is broken, and readers have received a `reset`. */
  broken = false;

  constructor(
    private readonly kind: WatchKind,
    private readonly log: ChangeLog,
    private readonly hooks: OpenKindHooks,
  ) {
    this.changed = new ChangedObjects(kind.sources, {
      changed: hooks.dirty,
      interrupted: () => {
        this.complete = false;
        hooks.interrupted(kind.name);
      },
    });
    hooks.dirty();
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
    return this.changed.any;
  }

  close(): void {
    this.changed.close();
    this.log.drop(this.kind.name);
  }

  /** Looks at everything that may have changed, in slices; resolves to the milliseconds that it took. */
  async settle(): Promise<number> {
    let spent = 0;
    let start = performance.now();
    const slices = new LoopSlicer();
    for (const id of this.changed.take() ?? this.allIds()) {
      if (slices.due) {
        spent += performance.now() - start;
        await slices.pause();
        start = performance.now();
      }
      this.look(id);
    }
    // The feed may have been interrupted once more.
    if (!this.changed.all) this.complete = true;
    return spent + performance.now() - start;
  }

  private look(id: string): void {
    try {
      this.log.record(this.kind.name, id, this.kind.look(id));
    } catch (error) {
      this.hooks.report(`${this.kind.name} "${id}" cannot be shown to watches`, error);
    }
  }

  private allIds(): ReadonlySet<string> {
    return new Set([...this.log.ids(this.kind.name), ...this.kind.ids()]);
  }
}
