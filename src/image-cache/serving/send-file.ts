import type { FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';

/** Bytes that are read and written at a time; two such pieces are held for each download. */
const PIECE = 512 * 1024;

/** Buffers of finished downloads, for the next ones: new memory would have to be cleared first. */
const spare: Buffer[] = [];
const MAX_SPARE = 64;

/**
 * Writes the bytes from `start` up to `end` of a file; the next piece is read while one is written. `sent` is called with
 * the number of bytes of each piece that the connection took. Resolves to false when the connection broke off; rejects
 * when the file cannot be read or is shorter.
 */
export async function sendFile(
  file: FileHandle,
  start: number,
  end: number,
  out: Writable,
  sent: (bytes: number) => void,
): Promise<boolean> {
  const buffers: [Buffer, Buffer] = [
    spare.pop() ?? Buffer.allocUnsafeSlow(PIECE),
    spare.pop() ?? Buffer.allocUnsafeSlow(PIECE),
  ];
  const read = (at: number, buffer: Buffer): Promise<Buffer> => piece(file, at, Math.min(end - at, PIECE), buffer);
  let [next, turn] = [read(start, buffers[0]), 1];
  for (let at = start; at < end;) {
    const bytes = await next;
    at += bytes.length;
    if (at < end) {
      next = read(at, buffers[turn & 1]!);
      // Whether it fails is of interest when it is its turn.
      next.catch(() => undefined);
      turn++;
    }
    if (!(await written(out, bytes))) {
      await next.catch(() => undefined);
      // The buffers may still be in use by the connection: they are left to the garbage collector.
      return false;
    }
    sent(bytes.length);
  }
  if (spare.length + 2 <= MAX_SPARE) spare.push(...buffers);
  return true;
}

async function piece(file: FileHandle, at: number, length: number, buffer: Buffer): Promise<Buffer> {
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled);
    if (bytesRead === 0) throw new Error(`the file ends at ${at + filled}`);
    filled += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** Resolves to false when the connection is gone, which may call back never, once or with an error. */
const written = (out: Writable, bytes: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    if (out.destroyed) return resolve(false);
    const onClose = (): void => resolve(false);
    out.once('close', onClose);
    out.write(bytes, (error) => {
      out.off('close', onClose);
      resolve(error === null || error === undefined);
    });
  });
