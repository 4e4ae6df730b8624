import { ChangedObjects } from '../../store/changed-objects.js';
import type { Dependency } from '../../store/dependency.js';
import { acquireLoopTurn, LoopSlicer } from '../../../shared/event-loop.js';
import { jsonPiecesOf } from '../wire/json.js';
import type { KeptAnswer } from '../wire/json.js';
import { JsonPieces } from '../wire/json-pieces.js';

/** The objects of a list, and what callers see of each. */
export interface Listed<T extends { readonly id: string }, A extends object = object> {
  /** All objects, as they are now. */
  readonly all: () => Iterable<T>;
  /** The object, if the list has it. */
  readonly find: (id: string) => T | undefined;
  readonly answer: (object: T) => A | KeptAnswer<A>;
}

/** Keys of changes that are gathered for the next reader; with more, making everything anew costs no more. */
const MAX_CHANGES = 10_000;

/**
 * A list in the order of ids, kept as the bytes of its elements: a change costs the elements that it touches, once for all
 * readers, whatever the length of the list.
 */
export class KeptList<T extends { readonly id: string }> {
  private readonly changed: ChangedObjects;
  private readonly elements = new Map<string, JsonPieces>();
  /** Ids in order; undefined after an object was added or removed. */
  private order: readonly string[] | undefined;
  /** Undefined after an element has changed. */
  private list: JsonPieces | undefined;
  private latest: Promise<JsonPieces> | undefined;
  private next: Promise<JsonPieces> | undefined;

  constructor(
    private readonly objects: Listed<T>,
    dependencies: readonly Dependency[],
  ) {
    this.changed = new ChangedObjects(dependencies, {}, MAX_CHANGES);
  }

  /** Resolves to a list with all changes made before the call; the same one until something changes. */
  current(): Promise<JsonPieces> {
    if (this.latest && !this.changed.any) return this.latest;
    // A refresh that runs may be past what has changed; the next one begins later, and serves all who wait for it.
    this.next ??= this.refreshAfter(this.latest);
    return this.next;
  }

  /** Ends it, so that it costs the writers of tables nothing any more. */
  close(): void {
    this.changed.close();
  }

  private async refreshAfter(running: Promise<unknown> | undefined): Promise<JsonPieces> {
    await running;
    await acquireLoopTurn();
    this.latest = this.next;
    this.next = undefined;
    const ids = this.changed.take();
    // Collected in one step, so that they belong to one moment.
    if (ids) await this.update([...ids].map((id) => [id, this.objects.find(id)] as const));
    else await this.rebuild([...this.objects.all()]);
    this.order ??= [...this.elements.keys()].sort();
    return (this.list ??= JsonPieces.list(this.order.map((id) => this.elements.get(id)!)));
  }

  private async rebuild(objects: readonly T[]): Promise<void> {
    this.elements.clear();
    this.order = this.list = undefined;
    await this.update(objects.map((object) => [object.id, object] as const));
  }

  private async update(objects: readonly (readonly [string, T | undefined])[]): Promise<void> {
    const slicer = new LoopSlicer();
    for (const [id, object] of objects) {
      if (slicer.due) await slicer.pause();
      // A search may find an object by another spelling of its id.
      if (object?.id === id) this.put(id, object);
      else if (this.elements.delete(id)) this.order = this.list = undefined;
    }
  }

  /** Makes the tag, too, while the loop takes turns, and not in one go with the tag of the list. */
  private put(id: string, object: T): void {
    const known = this.elements.get(id);
    const pieces = jsonPiecesOf(this.objects.answer(object));
    if (known?.tag === pieces.tag) return;
    if (!known) this.order = undefined;
    this.elements.set(id, pieces);
    this.list = undefined;
  }
}
