import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheKind } from '../../config/image-cache-config.js';
import type { FolderReport } from '../sync/report.js';
import type { FileRecord } from './file-record.js';

/** What a cache gave to its clients, ever. */
export interface Served {
  /** Bytes of files from the disk, which the store did not have to send. */
  readonly bytes: number;
  readonly downloads: number;
  readonly misses: number;
}

export interface FolderState {
  readonly files: readonly FileRecord[];
  /** Lengths of the lists of the last run that was accepted, by what they list. */
  readonly lengths: Readonly<Record<string, number>>;
  readonly served: Served;
  readonly report?: FolderReport | undefined;
}

export type CacheState = Readonly<Partial<Record<CacheKind, FolderState>>>;

/** Read by the next process and by `metal-api image-cache status`. */
const NAME = 'state.json';
const FORMAT = 1;

/**
 * What an image cache remembers: a cache that lost it hashes all files again, and nothing else. Saved by rename, so that
 * it is whole or absent.
 */
export class StateFile {
  private saving: Promise<void> = Promise.resolve();

  constructor(private readonly root: string) {}

  /** Empty when there is none, or none that can be read; `warn` gets the reason then. */
  async load(warn: (message: string, cause: unknown) => void): Promise<CacheState> {
    try {
      const { format, folders } = JSON.parse(await readFile(this.path, 'utf8')) as {
        format: number;
        folders: CacheState;
      };
      if (format !== FORMAT) throw new Error(`it has format ${format}, expected ${FORMAT}`);
      return folders;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        warn(`${this.path} cannot be read, so all files are hashed again`, error);
      return {};
    }
  }

  /** One after the other. */
  save(folders: CacheState): Promise<void> {
    this.saving = this.saving.catch(() => undefined).then(() => this.write(folders));
    return this.saving;
  }

  private async write(folders: CacheState): Promise<void> {
    const next = `${this.path}.next`;
    const file = await open(next, 'w', 0o644);
    try {
      await file.writeFile(`${JSON.stringify({ format: FORMAT, folders })}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(next, this.path);
  }

  private get path(): string {
    return join(this.root, NAME);
  }
}
