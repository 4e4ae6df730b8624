import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import type { ObjectStore } from '../../platform/objects/object-store.js';
import { PARTIAL, readAlong, writeBackupFile } from '../../platform/store/backup/backup-file.js';

/** Where scheduled backups are kept. A backup appears under its name only when it is complete. */
export interface BackupStore {
  /** Names, in no particular order. */
  list(): Promise<readonly string[]>;
  put(name: string, archive: Readable): Promise<void>;
  remove(name: string): Promise<void>;
  close(): void;
}

/** Drafts of a process that has been killed are removed after this time, in milliseconds. */
const ABANDONED_MS = 24 * 3_600_000;

/** A folder; it must exist. */
export class BackupFolder implements BackupStore {
  constructor(private readonly folder: string) {}

  async list(): Promise<readonly string[]> {
    const names = await readdir(this.folder);
    for (const name of names) if (name.endsWith(PARTIAL)) await this.removeAbandoned(name);
    return names.filter((name) => !name.endsWith(PARTIAL));
  }

  async put(name: string, archive: Readable): Promise<void> {
    await writeBackupFile(join(this.folder, name), archive);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
  }

  close(): void {
    // Nothing is open.
  }

  private async removeAbandoned(name: string): Promise<void> {
    if (!isBackupName(name.slice(0, name.indexOf(SUFFIX) + SUFFIX.length))) return;
    const { mtimeMs } = await stat(join(this.folder, name));
    if (Date.now() - mtimeMs > ABANDONED_MS) await this.remove(name);
  }
}

/** A bucket: an upload that does not end leaves no object. */
export class BackupBucket implements BackupStore {
  constructor(private readonly objects: ObjectStore) {}

  list(): Promise<readonly string[]> {
    return this.objects.list('');
  }

  async put(name: string, archive: Readable): Promise<void> {
    const upload = new PassThrough();
    const stored = this.objects.put(name, upload);
    stored.catch(() => archive.destroy());
    try {
      await readAlong(
        archive,
        () => undefined,
        async (chunk) => {
          if (!upload.write(chunk)) await Promise.race([drained(upload), stored]);
        },
      );
      upload.end();
    } catch (error) {
      upload.destroy(error as Error);
      await stored;
      throw error;
    }
    await stored;
  }

  remove(name: string): Promise<void> {
    return this.objects.remove(name);
  }

  close(): void {
    this.objects.close();
  }
}

const drained = (stream: PassThrough): Promise<void> => new Promise((resolve) => stream.once('drain', () => resolve()));

const SUFFIX = '.metal-backup';

/** `<installation>-<time>.metal-backup`, so that names sort by time. `now`: milliseconds since the epoch. */
export const backupName = (installation: string, now: number): string =>
  `${installation}-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')}${SUFFIX}`;

const NAME = /^(.+)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.metal-backup$/;

export const isBackupName = (name: string): boolean => NAME.test(name);

/** When the backup with this name was begun; undefined if it is not one of the installation's. */
export function timeOf(name: string, installation: string): number | undefined {
  const [, owner, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  if (owner !== installation) return undefined;
  return Date.parse(`${year!}-${month!}-${day!}T${hour!}:${minute!}:${second!}Z`);
}
