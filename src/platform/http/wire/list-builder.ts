import { JsonPieces } from './json-pieces.js';
import { BLOCK, packBlock, PackedJson } from './packed-json.js';
import type { PackedBlock } from './packed-json.js';
import type { ResponseJson } from './response-json.js';

/** Longer lists are packed, in bytes: they are made for one reader, who may take his time. */
const LOOSE = 8 * 1024 * 1024;

/** Makes the JSON of a list, element by element; what it holds is bounded, except for what it shares with others. */
export class ListBuilder {
  private elements: JsonPieces[] = [];
  private size = 0;
  private readonly blocks: PackedBlock[] = [];
  private readonly tags: string[] = [];

  /** `loose`: bytes, without those that elements share with others, up to which the list is not packed. */
  constructor(private readonly loose = LOOSE) {}

  /** Whether `pack` must be called before the next element is added. */
  get full(): boolean {
    return this.size >= (this.blocks.length === 0 ? this.loose : BLOCK);
  }

  add(element: JsonPieces): void {
    this.elements.push(this.blocks.length === 0 ? element.encode() : element);
    this.size += element.ownLength;
  }

  async pack(): Promise<void> {
    for (const elements of inBlocks(this.elements)) {
      this.blocks.push(await packBlock(elements));
      for (const { tag } of elements) this.tags.push(tag);
    }
    this.elements = [];
    this.size = 0;
  }

  /** The list. Nothing can be added any more. */
  async end(): Promise<ResponseJson> {
    if (this.blocks.length === 0) return JsonPieces.list(this.elements);
    await this.pack();
    return new PackedJson(this.blocks, () => this.tags, false);
  }
}

/** Divides elements into runs of about the size of a block; none of them is empty. */
function* inBlocks(elements: readonly JsonPieces[]): Iterable<readonly JsonPieces[]> {
  for (let start = 0; start < elements.length;) {
    let end = start;
    for (let size = 0; size < BLOCK && end < elements.length; end++) size += elements[end]!.length + 1;
    yield elements.slice(start, end);
    start = end;
  }
}
