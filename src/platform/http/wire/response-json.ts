import type { Readable } from 'node:stream';

/** The JSON of a response as bytes that other responses share. Immutable. */
export abstract class ResponseJson {
  /** Length in bytes. */
  abstract readonly length: number;

  /** The entity tag. */
  abstract readonly tag: string;

  /** Bytes that are in memory for this response alone, apart from what is being sent. */
  get heldBytes(): number {
    return 0;
  }

  /** The payload to send: short responses as a whole, long ones as a stream. */
  abstract toPayload(): Buffer | Readable;

  /** The bytes in few large chunks, in turns with other long responses. */
  abstract inLargeChunks(): AsyncGenerator<Buffer>;
}
