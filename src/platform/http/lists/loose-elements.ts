import { LoopSlicer } from '../../../shared/event-loop.js';
import { JsonPieces } from '../wire/json-pieces.js';
import type { ElementChange, ListElements } from './list-elements.js';

/** Elements as they are sent: quick to change and to send, but of the size of the list. */
export class LooseElements implements ListElements {
  private readonly elements = new Map<string, JsonPieces>();
  private size = 0;
  /** Ids in order; undefined after an element was added or removed. */
  private order: readonly string[] | undefined;
  /** Undefined after an element has changed. */
  private known: JsonPieces | undefined;

  /** `limit` in bytes; `update` stops when it is exceeded. */
  constructor(private readonly limit: number) {}

  /** Whether they have more bytes than they may, without those that they share with others. */
  get isTooLarge(): boolean {
    return this.size > this.limit;
  }

  async update(changes: readonly ElementChange[]): Promise<readonly ElementChange[]> {
    const slicer = new LoopSlicer();
    for (const [index, { id, make }] of changes.entries()) {
      if (this.isTooLarge) return changes.slice(index);
      if (slicer.due) await slicer.pause();
      if (make) this.put(id, make());
      else this.remove(id);
    }
    return [];
  }

  list(): JsonPieces {
    return (this.known ??= JsonPieces.list(this.inOrder().map(([, element]) => element)));
  }

  /** All elements, in the order of ids. */
  inOrder(): (readonly [string, JsonPieces])[] {
    this.order ??= [...this.elements.keys()].sort();
    return this.order.map((id) => [id, this.elements.get(id)!] as const);
  }

  /** Makes tag and bytes in this turn, and not in one go with those of the list. */
  private put(id: string, pieces: JsonPieces): void {
    const before = this.elements.get(id);
    if (before?.tag === pieces.tag) return;
    if (!before) this.order = undefined;
    this.elements.set(id, pieces.encode());
    this.size += pieces.ownLength - (before?.ownLength ?? 0);
    this.known = undefined;
  }

  private remove(id: string): void {
    const before = this.elements.get(id);
    if (!before) return;
    this.elements.delete(id);
    this.size -= before.ownLength;
    this.order = this.known = undefined;
  }
}
