import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const CHUNK = 1024 * 1024;

/** A download that is not complete, which continues where it ended, also in the next process. Hashed as it grows. */
export class PartFile {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private length: number,
    private hashes: Hashes,
    private readonly withSha256: boolean,
  ) {}

  /** Opens what an earlier download left at `path`, or begins a new one. */
  static async open(path: string, withSha256 = false): Promise<PartFile> {
    const file = await open(path, 'a+', 0o644);
    const part = new PartFile(path, file, 0, new Hashes(withSha256), withSha256);
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK, part.length);
      if (bytesRead === 0) return part;
      part.hashes.update(buffer.subarray(0, bytesRead));
      part.length += bytesRead;
    }
  }

  /** Bytes so far. */
  get size(): number {
    return this.length;
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.file.appendFile(chunk);
    this.hashes.update(chunk);
    this.length += chunk.length;
  }

  /** Begins anew. */
  async restart(): Promise<void> {
    await this.file.truncate(0);
    this.hashes = new Hashes(this.withSha256);
    this.length = 0;
  }

  digests(): Digests {
    return this.hashes.digests();
  }

  /** Writes all to the disk. */
  sync(): Promise<void> {
    return this.file.datasync();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async discard(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }
}

/** Hexadecimal. */
export interface Digests {
  readonly md5: string;
  readonly sha256?: string | undefined;
}

class Hashes {
  private readonly md5: Hash = createHash('md5');
  private readonly sha256: Hash | undefined;

  constructor(withSha256: boolean) {
    this.sha256 = withSha256 ? createHash('sha256') : undefined;
  }

  update(chunk: Uint8Array): void {
    this.md5.update(chunk);
    this.sha256?.update(chunk);
  }

  digests(): Digests {
    return { md5: this.md5.copy().digest('hex'), sha256: this.sha256?.copy().digest('hex') };
  }
}
