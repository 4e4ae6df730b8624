import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';
const PREFIX = 'metal-tests-';

/** What a run needs at most, with a wide margin, in bytes. */
const NEEDED = 4 * 2 ** 30;

/**
 * Global set-up of Vitest: temporary folders of the run, and with them all databases, are in memory when there is room,
 * because a database waits for the disk at each write. What a killed process has written survives it there as on a
 * disk. `TMPDIR` selects another place.
 */
export default function keepFilesInMemory(): () => void {
  if (process.env['TMPDIR'] !== undefined || !hasRoom()) return () => undefined;
  removeLeftovers();
  const folder = mkdtempSync(join(MEMORY, `${PREFIX}${String(process.pid)}-`));
  chmodSync(folder, 0o711); // for programs that run as users of their own, such as PostgreSQL
  process.env['TMPDIR'] = folder;
  return () => {
    delete process.env['TMPDIR'];
    remove(folder);
  };
}

function hasRoom(): boolean {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= NEEDED;
}

/** Folders of runs that were killed would occupy memory until the next boot. */
function removeLeftovers(): void {
  for (const name of readdirSync(MEMORY)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) remove(join(MEMORY, name));
  }
}

/** As far as possible: a killed test may have left a small file system mounted. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    console.warn(`could not remove ${folder}: ${(error as Error).message}`);
  }
}
