import type { Dependency } from './dependency.js';

/** Callbacks of the gathering of changes. */
export interface ChangedObjectsHooks {
  /** Something may have changed. */
  readonly changed?: () => void;
  /** The feed of a table was interrupted, and is whole again: everything may have changed. */
  readonly interrupted?: () => void;
}

/**
 * Gathers which objects may have changed since they were looked at last, from the changes of the tables that they are made
 * of. At first that is everything.
 */
export class ChangedObjects {
  /** By dependency. */
  private readonly keys: readonly Set<string>[];
  private readonly unfollow: readonly (() => void)[];
  private everything = true;

  /** More than `limit` keys of a table count as everything, so that memory is bounded while nothing is taken. */
  constructor(
    private readonly dependencies: readonly Dependency[],
    private readonly hooks: ChangedObjectsHooks = {},
    private readonly limit = Number.POSITIVE_INFINITY,
  ) {
    this.keys = dependencies.map(() => new Set<string>());
    this.unfollow = dependencies.map((dependency, index) =>
      dependency.follow(
        (key) => this.onChange(this.keys[index]!, key),
        () => this.onInterruption(),
      ),
    );
  }

  /** Whether anything may have changed since the last `take`. */
  get any(): boolean {
    return this.everything || this.keys.some(({ size }) => size > 0);
  }

  /** Whether all objects have to be looked at. */
  get all(): boolean {
    return this.everything;
  }

  /** Ids of the objects to look at, also of some that have not changed or do not exist; undefined for all objects. */
  take(): ReadonlySet<string> | undefined {
    const ids = this.everything ? undefined : this.idsOfKeys();
    this.everything = false;
    this.forgetKeys();
    return ids;
  }

  close(): void {
    for (const stop of this.unfollow) stop();
  }

  private idsOfKeys(): Set<string> {
    const ids = new Set<string>();
    this.dependencies.forEach((dependency, index) => {
      for (const key of this.keys[index]!) for (const id of dependency.idsOf(key)) ids.add(id);
    });
    return ids;
  }

  private onChange(keys: Set<string>, key: string): void {
    if (!this.everything) {
      keys.add(key);
      if (keys.size > this.limit) this.markAll();
    }
    this.hooks.changed?.();
  }

  private onInterruption(): void {
    this.markAll();
    this.hooks.interrupted?.();
    this.hooks.changed?.();
  }

  private markAll(): void {
    this.everything = true;
    this.forgetKeys();
  }

  private forgetKeys(): void {
    for (const keys of this.keys) keys.clear();
  }
}
