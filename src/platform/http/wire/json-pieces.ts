import { Readable } from 'node:stream';
import { Turns } from '../../../shared/turns.js';

/** Bytes of a chunk of a streamed answer: large enough to be fast, small enough for hundreds of slow readers. */
const CHUNK = 1024 * 1024;

/** Answers with more bytes are streamed, in chunks that are copied when the reader is ready for them. */
const STREAMED = 2 * 1024 * 1024;

const [OPEN, COMMA, CLOSE, END, EMPTY] = ['[', ',', ']', '}', '[]'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];

/**
 * JSON as a sequence of bytes that other answers share: a list of fifty megabytes for sixty readers is there once.
 * Immutable.
 */
export class JsonPieces {
  private constructor(
    readonly buffers: readonly Buffer[],
    /** Bytes of all. */
    readonly length: number,
  ) {}

  static of(text: string): JsonPieces {
    const buffer = Buffer.from(text);
    return new JsonPieces([buffer], buffer.length);
  }

  /** Texts and pieces one behind the other. */
  static joined(parts: readonly (string | JsonPieces)[]): JsonPieces {
    const buffers: Buffer[] = [];
    let texts: string[] = [];
    const flush = (): void => {
      if (texts.length > 0) buffers.push(Buffer.from(texts.join('')));
      texts = [];
    };
    for (const part of parts) {
      if (typeof part === 'string') texts.push(part);
      else {
        flush();
        buffers.push(...part.buffers);
      }
    }
    flush();
    return new JsonPieces(buffers, lengthOf(buffers));
  }

  /** The array of these elements. */
  static list(elements: readonly JsonPieces[]): JsonPieces {
    if (elements.length === 0) return new JsonPieces([EMPTY], EMPTY.length);
    const buffers: Buffer[] = [];
    for (const element of elements) {
      buffers.push(buffers.length === 0 ? OPEN : COMMA);
      for (const buffer of element.buffers) buffers.push(buffer);
    }
    buffers.push(CLOSE);
    return new JsonPieces(buffers, lengthOf(buffers));
  }

  /** The object, which must have a member, with one more at its end. */
  extended(name: string, member: JsonPieces): JsonPieces {
    const last = this.buffers.at(-1)!;
    const opened = [...this.buffers.slice(0, -1), last.subarray(0, -1)];
    const buffers = [...opened, Buffer.from(`,${JSON.stringify(name)}:`), ...member.buffers, END];
    return new JsonPieces(buffers, lengthOf(buffers));
  }

  /** What is sent: short answers at once, long ones as fast as they are read. */
  toPayload(): Buffer | JsonStream {
    return this.length > STREAMED ? new JsonStream(this) : this.toBuffer();
  }

  toString(): string {
    return this.toBuffer().toString();
  }

  private toBuffer(): Buffer {
    return this.buffers.length === 1 ? this.buffers[0]! : Buffer.concat(this.buffers, this.length);
  }
}

/** Chunks that all long answers together may send in one round of the event loop. */
const chunks = new Turns(4);

/**
 * Reads pieces in chunks, which take turns with those of other answers, or else a fast reader would have all of its
 * megabytes before other requests are served. Only the chunk that is on its way is copied.
 */
export class JsonStream extends Readable {
  private next = 0;

  constructor(private readonly pieces: JsonPieces) {
    super({ highWaterMark: CHUNK });
  }

  /** Bytes of the whole. */
  get length(): number {
    return this.pieces.length;
  }

  override _read(): void {
    // Never at once: a chunk in each round, however fast it is read.
    setImmediate(() => void chunks.next().then(() => this.pushNext()));
  }

  private pushNext(): void {
    if (this.destroyed) return;
    const { buffers } = this.pieces;
    const chunk: Buffer[] = [];
    for (let length = 0; length < CHUNK && this.next < buffers.length; this.next++) {
      const buffer = buffers[this.next]!;
      chunk.push(buffer);
      length += buffer.length;
    }
    if (chunk.length === 0) this.push(null);
    else this.push(chunk.length === 1 ? chunk[0] : Buffer.concat(chunk));
  }
}

const lengthOf = (buffers: readonly Buffer[]): number => buffers.reduce((sum, { length }) => sum + length, 0);
