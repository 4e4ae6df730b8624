import { ChangedObjects } from '../../store/changed-objects.js';
import type { Dependency } from '../../store/dependency.js';

/** Keys of changes that are gathered for the next reader; with more, all responses are forgotten. */
const MAX_CHANGES = 10_000;

/**
 * Responses of single objects by id, kept until something changes that they are made of. To look up each part for every reader
 * and see whether it has changed would cost an eighth of a small request (docs/adr/0026-entity-tags.md).
 *
 * Synchronous, so a response that is made after `get` and kept by `set` before the next change belongs to the present.
 */
export class KeptObjects<A extends object = object> {
  private readonly changed: ChangedObjects;
  private readonly answers = new Map<string, A>();

  constructor(dependencies: readonly Dependency[]) {
    this.changed = new ChangedObjects(dependencies, {}, MAX_CHANGES);
  }

  /** The response for the object as it is now, if it was kept. */
  get(id: string): A | undefined {
    if (this.changed.any) this.forgetChanged();
    return this.answers.get(id);
  }

  /** Keeps what was made after the last `get`. `id` must be that of an object that exists: their number bounds the memory. */
  set(id: string, answer: A): void {
    this.answers.set(id, answer);
  }

  private forgetChanged(): void {
    const ids = this.changed.take();
    if (ids) for (const id of ids) this.answers.delete(id);
    else this.answers.clear();
  }
}
