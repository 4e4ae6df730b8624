import { LoopSlicer } from '../../../shared/event-loop.js';
import { JsonPieces } from '../wire/json-pieces.js';
import { packBlock, PackedJson, unpackBlock } from '../wire/packed-json.js';
import type { PackedBlock } from '../wire/packed-json.js';
import type { ElementChange, ListElements } from './list-elements.js';

/** An element of the list, packed or not. */
interface Element {
  readonly id: string;
  readonly tag: string;
  readonly pieces: JsonPieces;
}

/** Elements with consecutive ids, of which there is at least one. */
interface ElementBlock extends PackedBlock {
  readonly ids: readonly string[];
  readonly tags: readonly string[];
  /** Where each element ends in the unpacked block, in bytes. */
  readonly ends: readonly number[];
}

/**
 * Elements in compressed blocks in the order of ids, for lists that would take most of the memory otherwise: a twentieth of their
 * size. A change costs the blocks that it touches.
 */
export class PackedElements implements ListElements {
  private blocks: readonly ElementBlock[] = [];
  private known: PackedJson | undefined;

  /** `blockSize` in bytes. */
  constructor(private readonly blockSize: number) {}

  async update(changes: readonly ElementChange[]): Promise<readonly ElementChange[]> {
    const sorted = [...changes].sort((a, b) => (a.id < b.id ? -1 : 1));
    const blocks: ElementBlock[] = [];
    let from = 0;
    let isChanged = false;
    for (let index = 0; index < Math.max(this.blocks.length, 1); index++) {
      const block = this.blocks[index];
      const to = endOf(sorted, from, this.blocks[index + 1]?.ids[0]);
      const rewritten = from < to ? await this.rewritten(block, sorted.slice(from, to)) : undefined;
      if (rewritten) blocks.push(...rewritten);
      else if (block) blocks.push(block);
      isChanged ||= rewritten !== undefined;
      from = to;
    }
    if (isChanged) {
      this.blocks = blocks;
      this.known = undefined;
    }
    return [];
  }

  list(): JsonPieces | PackedJson {
    const { blocks } = this;
    if (blocks.length === 0) return JsonPieces.list([]);
    return (this.known ??= new PackedJson(blocks, () => blocks.flatMap(({ tags }) => tags), true));
  }

  /** The blocks in the place of this one; undefined if none of the elements differs. */
  private async rewritten(
    block: ElementBlock | undefined,
    changes: readonly ElementChange[],
  ): Promise<readonly ElementBlock[] | undefined> {
    const elements = block ? await elementsOf(block) : [];
    const writer = new BlockWriter(this.blockSize);
    const slicer = new LoopSlicer();
    let isChanged = false;
    let next = 0;
    for (const { id, make } of changes) {
      while (next < elements.length && elements[next]!.id < id) await writer.add(elements[next++]!);
      const known = elements[next]?.id === id ? elements[next++] : undefined;
      const pieces = make?.();
      if (pieces?.tag !== known?.tag) isChanged = true;
      if (pieces) await writer.add({ id, tag: pieces.tag, pieces });
      if (slicer.due) await slicer.pause();
    }
    while (next < elements.length) await writer.add(elements[next++]!);
    return isChanged ? writer.end() : undefined;
  }
}

/** The index of the first change from `from` on that belongs behind the block. */
function endOf(changes: readonly ElementChange[], from: number, firstBehind: string | undefined): number {
  if (firstBehind === undefined) return changes.length;
  let end = from;
  while (end < changes.length && changes[end]!.id < firstBehind) end++;
  return end;
}

async function elementsOf(block: ElementBlock): Promise<readonly Element[]> {
  const bytes = await unpackBlock(block);
  return block.ids.map((id, index) => {
    const start = index === 0 ? 0 : block.ends[index - 1]! + 1;
    return { id, tag: block.tags[index]!, pieces: JsonPieces.ofBytes(bytes.subarray(start, block.ends[index])) };
  });
}

/** Divides elements into blocks of 0.75 to 1.5 times their size, so that a change of one does not leave tiny ones. */
class BlockWriter {
  private readonly blocks: ElementBlock[] = [];
  private elements: Element[] = [];
  private length = 0;

  constructor(private readonly blockSize: number) {}

  async add(element: Element): Promise<void> {
    this.elements.push(element);
    this.length += element.pieces.length;
    if (this.length >= 2 * this.blockSize) await this.write(this.blockSize);
  }

  async end(): Promise<readonly ElementBlock[]> {
    if (this.length > 1.5 * this.blockSize) await this.write(this.length / 2);
    await this.write(Infinity);
    return this.blocks;
  }

  /** Writes a block of the first elements, of about this length together, if there are any. */
  private async write(length: number): Promise<void> {
    const ends: number[] = [];
    let end = -1;
    while (ends.length < this.elements.length && end < length) {
      end += 1 + this.elements[ends.length]!.pieces.length;
      ends.push(end);
    }
    const elements = this.elements.splice(0, ends.length);
    if (elements.length === 0) return;
    for (const { pieces } of elements) this.length -= pieces.length;
    const packed = await packBlock(elements.map(({ pieces }) => pieces));
    this.blocks.push({
      ...packed,
      ids: elements.map(({ id }) => id),
      tags: elements.map(({ tag }) => tag),
      ends,
    });
  }
}
