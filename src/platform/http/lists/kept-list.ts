import { ChangedObjects } from '../../store/changed-objects.js';
import type { Dependency } from '../../store/dependency.js';
import { acquireLoopTurn } from '../../../shared/event-loop.js';
import { freshPiecesOf, jsonPiecesOf } from '../wire/json.js';
import type { KeptAnswer } from '../wire/json.js';
import type { JsonPieces } from '../wire/json-pieces.js';
import { BLOCK } from '../wire/packed-json.js';
import type { ResponseJson } from '../wire/response-json.js';
import type { ElementChange, ListElements } from './list-elements.js';
import { LooseElements } from './loose-elements.js';
import { PackedElements } from './packed-elements.js';

/** The objects of a list, and what callers see of each. */
export interface Listed<T extends { readonly id: string }, A extends object = object> {
  /** All objects, as they are now. */
  readonly all: () => Iterable<T>;
  /** The object, if the list has it. */
  readonly find: (id: string) => T | undefined;
  readonly answer: (object: T) => A | KeptAnswer<A>;
}

/** Limits of a kept list; tests have small ones. */
export interface KeptListLimits {
  /** Longer lists are packed, in bytes. */
  readonly loose: number;
  /** Size of the blocks of packed lists, in bytes. */
  readonly block: number;
  /** Keys of changes that are gathered for the next reader; with more, making everything anew costs no more. */
  readonly changes: number;
}

const LIMITS: KeptListLimits = { loose: 64 * 1024 * 1024, block: BLOCK, changes: 50_000 };

/**
 * A list in the order of ids, kept as the bytes of its elements: a change costs the elements that it touches, once for all
 * readers, whatever the length of the list. Long ones are packed (docs/adr/0031-packed-lists.md).
 */
export class KeptList<T extends { readonly id: string }> {
  private readonly changed: ChangedObjects;
  private elements: ListElements;
  private latest: Promise<ResponseJson> | undefined;
  private next: Promise<ResponseJson> | undefined;

  constructor(
    private readonly objects: Listed<T>,
    dependencies: readonly Dependency[],
    private readonly limits: KeptListLimits = LIMITS,
  ) {
    this.changed = new ChangedObjects(dependencies, {}, limits.changes);
    this.elements = new LooseElements(limits.loose);
  }

  /** Resolves to a list with all changes made before the call; the same one until something changes. */
  current(): Promise<ResponseJson> {
    if (this.latest && !this.changed.any) return this.latest;
    // A refresh that runs may be past what has changed; the next one begins later, and serves all who wait for it.
    this.next ??= this.refreshAfter(this.latest);
    return this.next;
  }

  /** Ends it, so that it costs the writers of tables nothing any more. */
  close(): void {
    this.changed.close();
  }

  private async refreshAfter(running: Promise<unknown> | undefined): Promise<ResponseJson> {
    await running;
    await acquireLoopTurn();
    this.latest = this.next;
    this.next = undefined;
    const ids = this.changed.take();
    // Collected in one step, so that they belong to one moment.
    if (ids) await this.update([...ids].map((id) => this.changeOf(id, this.objects.find(id))));
    else await this.rebuild([...this.objects.all()]);
    return this.elements.list();
  }

  private async rebuild(objects: readonly T[]): Promise<void> {
    this.elements = new LooseElements(this.limits.loose);
    await this.update(objects.map((object) => this.changeOf(object.id, object)));
  }

  private async update(changes: readonly ElementChange[]): Promise<void> {
    const rest = await this.elements.update(changes);
    if (!(this.elements instanceof LooseElements) || !this.elements.isTooLarge) return;
    this.elements = await this.packed(this.elements);
    await this.elements.update(rest);
  }

  private async packed(elements: LooseElements): Promise<PackedElements> {
    const packed = new PackedElements(this.limits.block);
    await packed.update(elements.inOrder().map(([id, pieces]) => ({ id, make: () => pieces })));
    return packed;
  }

  /** A search may find an object by another spelling of its id. */
  private changeOf(id: string, object: T | undefined): ElementChange {
    return { id, make: object?.id === id ? () => this.piecesOf(this.objects.answer(object)) : undefined };
  }

  /** Packed elements share nothing with other responses. */
  private piecesOf(answer: unknown): JsonPieces {
    return this.elements instanceof LooseElements ? jsonPiecesOf(answer) : freshPiecesOf(answer);
  }
}
