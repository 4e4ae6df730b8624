import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import type { Transform } from 'node:stream';
import { BoundedMap } from '../../shared/concurrency/bounded-map.js';
import { acceptsEncoding } from './accept-encoding.js';
import type { ResponseJson } from './wire/response-json.js';

/** Shorter responses are sent as they are, in bytes. */
export const ENCODED = 16 * 1024;

/** Bytes of compressed responses that are kept, and of each of them. */
const KEPT = 64 * 1024 * 1024;
const LONGEST = 32 * 1024 * 1024;

/** Responses that are compressed at a time; meanwhile, others are sent as they are. */
const TOGETHER = 2;

const { BROTLI_PARAM_QUALITY } = constants;

/** By preference. Levels with which fifty megabytes take a fraction of a second; higher ones gain little. */
const ENCODERS: Readonly<Record<string, () => Transform>> = {
  br: () => createBrotliCompress({ params: { [BROTLI_PARAM_QUALITY]: 2 } }),
  gzip: () => createGzip({ level: 1 }),
};

const ENCODINGS = Object.keys(ENCODERS);

export interface Encoded {
  readonly encoding: string;
  readonly bytes: Buffer;
}

/**
 * Compresses long responses outside of the event loop, each once for all who ask for it, and keeps the latest. They are
 * known by entity tag, so that an old list does not stay in memory with its compressed bytes.
 */
export class CompressedAnswers {
  private readonly kept = new BoundedMap<string, Buffer>(KEPT, ({ length }) => length);
  private readonly running = new Map<string, Promise<Buffer | undefined>>();

  /**
   * Calls `use` with the compressed response; undefined when the caller accepts no encoding, when it would not be shorter, and
   * when too many are being compressed.
   */
  of(answer: ResponseJson, accepted: string, use: (encoded: Encoded | undefined) => void): void {
    const encoding = ENCODINGS.find((coding) => acceptsEncoding(accepted, coding));
    if (encoding === undefined) return use(undefined);
    const key = `${encoding} ${answer.tag}`;
    const found = this.kept.get(key);
    if (found) return use({ encoding, bytes: found });
    const running = this.running.get(key) ?? this.start(key, encoding, answer);
    if (!running) return use(undefined);
    void running.then((bytes) => use(bytes && { encoding, bytes }));
  }

  private start(key: string, encoding: string, answer: ResponseJson): Promise<Buffer | undefined> | undefined {
    if (this.running.size >= TOGETHER) return undefined;
    const started = compress(answer, ENCODERS[encoding]!())
      .then((bytes) => {
        if (bytes.length >= answer.length) return undefined;
        if (bytes.length <= LONGEST) this.kept.set(key, bytes);
        return bytes;
      })
      .catch(() => undefined)
      .finally(() => this.running.delete(key));
    this.running.set(key, started);
    return started;
  }
}

/** Reads in turns with long responses to other callers. */
async function compress(answer: ResponseJson, encoder: Transform): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await pipeline(answer.inLargeChunks(), encoder, async (output: AsyncIterable<Buffer>) => {
    for await (const chunk of output) chunks.push(chunk);
  });
  return Buffer.concat(chunks);
}
