import { Readable } from 'node:stream';
import { DomainError } from '../../shared/errors/domain-error.js';
import type { Shown } from './listing.service.js';

/** Bytes of a chunk, but for its last object. */
const CHUNK = 64 * 1024;

/** Longest time that a client may take, in milliseconds. */
const LIFETIME = 10 * 60_000;

/** Milliseconds between two checks of the caller's token. */
const RECHECK = 2_000;

const NEWLINE = Buffer.from('\n');

/**
 * The objects as lines, which are made when the client has room for them: a slow one holds a chunk. Breaks off when the caller
 * may no longer read, as `recheck` rejects, and after ten minutes.
 */
export const streamOf = (
  objects: AsyncIterable<Shown>,
  recheck: () => Promise<void>,
  now = (): number => performance.now(),
): Readable => Readable.from(chunksOf(objects, recheck, now), { objectMode: false, highWaterMark: CHUNK });

async function* chunksOf(
  objects: AsyncIterable<Shown>,
  recheck: () => Promise<void>,
  now: () => number,
): AsyncGenerator<Buffer> {
  const begin = now();
  let checked = begin;
  let buffers: Buffer[] = [];
  let length = 0;
  for await (const { json } of objects) {
    buffers.push(...json.buffers, NEWLINE);
    length += json.length + NEWLINE.length;
    if (length < CHUNK) continue;
    const time = now();
    if (time - begin > LIFETIME)
      throw new DomainError('unavailable', 'the client took too long to read, go on with pages');
    if (time - checked > RECHECK) {
      await recheck();
      checked = time;
    }
    yield Buffer.concat(buffers, length);
    buffers = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(buffers, length);
}
