import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { acquireStreamTurn, CLOSE, COMMA, JsonPieces, OPEN } from './json-pieces.js';
import { ResponseJson } from './response-json.js';
import { tagOfText } from './response-tag.js';

/** Bytes of a block before it is compressed: what a response sends in one round of the event loop. */
export const BLOCK = 256 * 1024;

/** Objects of a kind resemble each other: this level makes a twentieth of them; higher ones gain little and take longer. */
const LEVEL = 3;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Consecutive elements of a list, with commas between them, compressed. */
export interface PackedBlock {
  readonly packed: Buffer;
  /** Length in bytes when it is unpacked. */
  readonly length: number;
}

/** Compresses elements outside of the event loop. */
export async function packBlock(elements: readonly JsonPieces[]): Promise<PackedBlock> {
  const bytes = JsonPieces.bytesOf(elements);
  // What the library returns is part of a larger buffer.
  return { packed: Buffer.from(await deflate(bytes, { level: LEVEL })), length: bytes.length };
}

/** The bytes of a block. */
export const unpackBlock = ({ packed, length }: PackedBlock): Promise<Buffer> =>
  inflate(packed, { chunkSize: Math.max(length + 1, 64), maxOutputLength: length });

/**
 * The JSON of a list of which only compressed blocks are in memory: five hundred megabytes take twenty-five. Readers unpack
 * one block at a time, outside of the event loop.
 */
export class PackedJson extends ResponseJson {
  override readonly length: number;
  private knownTag: string | undefined;

  /** `tags` are those of all elements. `isShared`: the blocks belong to a list that is kept. */
  constructor(
    private readonly blocks: readonly PackedBlock[],
    private readonly tags: () => readonly string[],
    private readonly isShared: boolean,
  ) {
    super();
    const separators = OPEN.length + CLOSE.length + (blocks.length - 1) * COMMA.length;
    this.length = blocks.reduce((sum, { length }) => sum + length, separators);
  }

  /** That of the same list in pieces, so that all replicas have the same one. */
  override get tag(): string {
    return (this.knownTag ??= tagOfText(this.tags().join()));
  }

  override get heldBytes(): number {
    return this.isShared ? 0 : this.blocks.reduce((sum, { packed }) => sum + packed.length, 0);
  }

  override toPayload(): Readable {
    return Readable.from(this.inLargeChunks(), { objectMode: false, highWaterMark: 1 });
  }

  override async *inLargeChunks(): AsyncGenerator<Buffer> {
    yield OPEN;
    for (const [index, block] of this.blocks.entries()) {
      await acquireStreamTurn();
      const bytes = await unpackBlock(block);
      if (index > 0) yield COMMA;
      yield bytes;
    }
    yield CLOSE;
  }
}
