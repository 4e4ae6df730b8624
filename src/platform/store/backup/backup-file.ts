import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import type { ArchiveHeader, ArchiveTotals } from './archive-format.js';
import { ArchiveReader } from './archive-reader.js';

export interface WrittenBackup {
  readonly header: ArchiveHeader;
  readonly totals: ArchiveTotals;
  /** Bytes of the file. */
  readonly size: number;
  /** Of the file, as `sha256sum` prints it. */
  readonly sha256: string;
}

/** Called with the number of states so far, and roughly how many there will be. */
export type BackupProgress = (done: number, estimate: number) => void;

/** Marks files that are not complete. */
export const PARTIAL = '.partial';

/**
 * Writes an archive to a file that only its owner can read, and replaces an existing one. The file appears under its
 * name only when it is complete, checked and on disk; until then it has another name, and it is removed when something
 * fails. Throws BadArchive for a stream that is not a complete archive.
 */
export async function writeBackupFile(
  path: string,
  archive: Readable,
  progress: BackupProgress = () => undefined,
): Promise<WrittenBackup> {
  archive.on('error', () => undefined); // found when it is read
  const draft = `${path}.${randomBytes(4).toString('hex')}${PARTIAL}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      const hash = createHash('sha256');
      let size = 0;
      const { header, totals } = await readAlong(archive, progress, async (chunk) => {
        hash.update(chunk);
        size += chunk.length;
        await file.writeFile(chunk);
      });
      await file.sync();
      await rename(draft, path);
      await syncFolder(dirname(path));
      return { header, totals, size, sha256: hash.digest('hex') };
    } finally {
      await file.close();
    }
  } catch (error) {
    archive.destroy();
    await rm(draft, { force: true });
    throw error;
  }
}

/** Passes an archive on in chunks, and checks it on the way. */
export async function readAlong(
  archive: Readable,
  progress: BackupProgress,
  pass: (chunk: Buffer) => Promise<void>,
): Promise<{ readonly header: ArchiveHeader; readonly totals: ArchiveTotals }> {
  const copy = new PassThrough();
  const checked = ArchiveReader.open(copy).then(async (reader) => {
    const { header } = reader;
    return { header, totals: await reader.verify((done) => progress(done, header.estimate)) };
  });
  checked.catch(() => undefined); // awaited below
  try {
    for await (const chunk of archive as AsyncIterable<Buffer>) {
      await pass(chunk);
      if (!copy.write(chunk)) await Promise.race([once(copy, 'drain'), checked]);
    }
  } catch (error) {
    copy.destroy();
    throw error;
  }
  copy.end();
  return checked;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
