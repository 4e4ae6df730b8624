import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { kib, unreadable, type ReadProgress } from './source.js';

/** A dump, unpacked while it is read. */
export interface DumpFile {
  readonly bytes: Readable;
  /** The first bytes of the file as it lies on disk. */
  readonly head: Buffer;
}

const GZIP = Buffer.from([0x1f, 0x8b]);

/** Opens a dump, compressed by gzip or not. Throws UsageError when there is no such file. */
export async function openDump(path: string, task: string, progress: ReadProgress): Promise<DumpFile> {
  const { head, size } = await inspect(path);
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  let read = 0;
  const total = kib(size);
  progress(task, 0, total);
  file.on('data', (chunk) => progress(task, kib((read += chunk.length)), total));
  file.pause(); // until it is piped or iterated
  const packed = head.subarray(0, GZIP.length).equals(GZIP);
  return { bytes: packed ? pipeline(file, createGunzip(), () => undefined) : file, head };
}

async function inspect(path: string): Promise<{ head: Buffer; size: number }> {
  try {
    const file = await open(path);
    try {
      const head = Buffer.alloc(8);
      await file.read(head, 0, head.length, 0);
      return { head, size: (await file.stat()).size };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, `cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`, error);
  }
}
