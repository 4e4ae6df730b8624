import { Readable } from 'node:stream';
import { LoopLimiter } from '../../../shared/event-loop.js';
import { ResponseJson } from './response-json.js';
import { tagOfSegments, tagOfText } from './response-tag.js';

/**
 * What one streamed response sends in a round of the event loop, in bytes: it takes the time of a few short requests, so that those
 * keep most of the server under any load of lists.
 */
const SENT = 256 * 1024;

/** Size of the chunks of `inLargeChunks`, in bytes. */
const COPIED = 1024 * 1024;

/**
 * Larger responses are streamed, in bytes. A copy of that size, held until its reader has it, would often outlive the
 * young generation, and cause a full garbage collection every few dozen responses.
 */
const STREAMED = 64 * 1024;

export const [OPEN, COMMA, CLOSE, END, EMPTY, NEWLINE] = ['[', ',', ']', '}', '[]', '\n'].map((text) =>
  Buffer.from(text),
) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];

/**
 * JSON as a sequence of bytes that responses share: a list of fifty megabytes for sixty readers is in memory once.
 * Immutable.
 */
export class JsonPieces extends ResponseJson {
  private knownTag: string | undefined;

  /** Its bytes behind a comma, in the same memory. Each buffer that a response writes costs, and half of them would be commas. */
  private separated: Buffer | undefined;

  private constructor(
    /** A text until its bytes are asked for, which never happens to an element of a list that is packed. */
    private source: string | readonly Buffer[],
    /** Total length in bytes. */
    readonly length: number,
    /** Makes the tag of pieces that are made of others. */
    private readonly makeTag?: () => string,
    /** Length of what it does not share with pieces that it is made of, in bytes. */
    readonly ownLength = length,
  ) {
    super();
  }

  get buffers(): readonly Buffer[] {
    if (typeof this.source !== 'string') return this.source;
    this.separated = Buffer.from(`,${this.source}`);
    return (this.source = [this.separated.subarray(1)]);
  }

  /**
   * Its entity tag. Computed once; that of a list from the tags of its elements, so that a change costs one element, and that
   * of a response from those of the long parts that it shares with others.
   */
  get tag(): string {
    return (this.knownTag ??= this.makeTag?.() ?? this.newTag());
  }

  static of(text: string): JsonPieces {
    return new JsonPieces(text, Buffer.byteLength(text));
  }

  /** JSON that is in memory as bytes already. */
  static ofBytes(bytes: Buffer): JsonPieces {
    return new JsonPieces([bytes], bytes.length);
  }

  /** Concatenates texts and pieces. */
  static joined(parts: readonly (string | JsonPieces)[]): JsonPieces {
    if (parts.every((part) => typeof part === 'string')) return JsonPieces.of(parts.join(''));
    const segments: (Buffer | JsonPieces)[] = [];
    let texts: string[] = [];
    const flush = (): void => {
      if (texts.length > 0) segments.push(Buffer.from(texts.join('')));
      texts = [];
    };
    for (const part of parts) {
      if (typeof part === 'string') texts.push(part);
      else {
        flush();
        segments.push(part);
      }
    }
    flush();
    const buffers = segments.flatMap((segment) => (segment instanceof JsonPieces ? segment.buffers : segment));
    const own = lengthOf(segments.filter((segment) => Buffer.isBuffer(segment)));
    return new JsonPieces(buffers, lengthOf(buffers), () => tagOfSegments(segments), own);
  }

  /** The array of the elements. */
  static list(elements: readonly JsonPieces[]): JsonPieces {
    if (elements.length === 0) return new JsonPieces([EMPTY], EMPTY.length);
    const buffers = JsonPieces.sequence(elements);
    buffers.unshift(OPEN);
    buffers.push(CLOSE);
    return new JsonPieces(buffers, lengthOf(buffers), () => tagOfText(elements.map(({ tag }) => tag).join()));
  }

  /** The bytes of the elements, of which there is at least one, with commas between them. */
  static sequence(elements: readonly JsonPieces[]): Buffer[] {
    const buffers = [...elements[0]!.buffers];
    for (let i = 1; i < elements.length; i++) {
      const { buffers: own, separated } = elements[i]!;
      if (separated) buffers.push(separated);
      else buffers.push(COMMA, ...own);
    }
    return buffers;
  }

  /** The same as one buffer. */
  static bytesOf(elements: readonly JsonPieces[]): Buffer {
    const texts = elements.map(({ source }) => source);
    return texts.every((text) => typeof text === 'string')
      ? Buffer.from(texts.join())
      : Buffer.concat(JsonPieces.sequence(elements));
  }

  /** One element per line, as in application/x-ndjson. */
  static lines(elements: readonly JsonPieces[]): JsonPieces {
    const buffers = elements.flatMap((element) => [...element.buffers, NEWLINE]);
    return new JsonPieces(buffers, lengthOf(buffers));
  }

  /** The object, which must not be empty, with one member appended. */
  extended(name: string, member: JsonPieces): JsonPieces {
    const last = this.buffers.at(-1)!;
    const opened = [...this.buffers.slice(0, -1), last.subarray(0, -1)];
    const buffers = [...opened, Buffer.from(`,${JSON.stringify(name)}:`), ...member.buffers, END];
    return new JsonPieces(buffers, lengthOf(buffers));
  }

  override toPayload(): Buffer | JsonStream {
    return this.length > STREAMED ? new JsonStream(this) : this.toBuffer();
  }

  /** Like a stream of the response, but copied into few large chunks, for consumers for which each chunk is expensive. */
  override async *inLargeChunks(): AsyncGenerator<Buffer> {
    for (let next = 0; next < this.buffers.length;) {
      await acquireStreamTurn();
      const end = this.endOfChunk(next, COPIED);
      yield Buffer.concat(this.buffers.slice(next, end));
      next = end;
    }
  }

  /** Where the chunk of `size` bytes ends that starts with the buffer `start`. */
  endOfChunk(start: number, size: number): number {
    let end = start;
    for (let length = 0; length < size && end < this.buffers.length; end++) length += this.buffers[end]!.length;
    return end;
  }

  override toString(): string {
    return typeof this.source === 'string' ? this.source : this.toBuffer().toString();
  }

  /** Makes the bytes of a text now, in this turn of the event loop. */
  encode(): this {
    void this.buffers;
    return this;
  }

  private newTag(): string {
    return typeof this.source === 'string' ? tagOfText(this.source) : tagOfSegments(this.source);
  }

  private toBuffer(): Buffer {
    return this.buffers.length === 1 ? this.buffers[0]! : Buffer.concat(this.buffers, this.length);
  }
}

/** Number of chunks that all long responses together may send in one round of the event loop, or compress. */
const chunks = new LoopLimiter(1);

/** Resolves when a long response may send its next chunk. */
export const acquireStreamTurn = (): Promise<void> => chunks.next();

/**
 * Reads pieces in chunks, alternating with other responses. Otherwise, a fast reader would get all of its megabytes
 * before other requests are served. The pieces are sent as they are, without a copy.
 */
export class JsonStream extends Readable {
  private next = 0;

  constructor(private readonly pieces: JsonPieces) {
    super({ highWaterMark: SENT });
  }

  /** Total length in bytes. */
  get length(): number {
    return this.pieces.length;
  }

  override _read(): void {
    // Never synchronously: one chunk per round, regardless of the reader's speed.
    setImmediate(() => void acquireStreamTurn().then(() => this.pushNext()));
  }

  private pushNext(): void {
    if (this.destroyed) return;
    const end = this.pieces.endOfChunk(this.next, SENT);
    while (this.next < end) this.push(this.pieces.buffers[this.next++]);
    if (end === this.pieces.buffers.length) this.push(null);
  }
}

const lengthOf = (buffers: readonly Buffer[]): number => buffers.reduce((sum, { length }) => sum + length, 0);
