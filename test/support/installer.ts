import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sleep } from '../../src/shared/concurrency/timers.js';
import { md5 } from './image-origin.js';

/** Milliseconds between tries. */
const RETRY_MS = 200;

const run = promisify(execFile);

/** How one download went. */
export interface Installed {
  readonly bytes: Buffer;
  /** Where the data came from in the end. */
  readonly from: string;
  readonly tries: number;
}

/**
 * Does what an installer does: downloads an image and its checksum file, following redirects, compares the MD5, and
 * begins again when something failed. `curl` plays it, with the partition's DNS: each of `hosts` (`name:port`) is reached
 * at an address of the test.
 */
export class Installer {
  constructor(
    private readonly hosts: Readonly<Record<string, string>>,
    private readonly caFile: string,
    /** Bytes per second. */
    private readonly rate?: number,
  ) {}

  /** One that is not as fast as its network. */
  slow(rate: number): Installer {
    return new Installer(this.hosts, this.caFile, rate);
  }

  /** Throws when no try of `tries` brought the bytes that their checksum file names. */
  async install(url: string, tries = 10): Promise<Installed> {
    const folder = mkdtempSync(join(tmpdir(), 'metal-installer-'));
    try {
      for (let n = 1; ; n++) {
        try {
          const from = await this.fetch(url, join(folder, 'image'));
          await this.fetch(`${url}.md5`, join(folder, 'image.md5'));
          const [bytes, checksum] = [
            readFileSync(join(folder, 'image')),
            readFileSync(join(folder, 'image.md5'), 'utf8'),
          ];
          if (checksum.split(' ')[0] !== md5(bytes))
            throw new Error(`the MD5 of ${url} is not that of its checksum file`);
          return { bytes, from, tries: n };
        } catch (error) {
          if (n === tries) throw error;
          await sleep(RETRY_MS);
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  private async fetch(url: string, path: string): Promise<string> {
    const connect = Object.entries(this.hosts).flatMap(([from, to]) => ['--connect-to', `${from}:${to}`]);
    const rate = this.rate === undefined ? [] : ['--limit-rate', String(this.rate)];
    const options = [...rate, '--silent', '--show-error', '--fail', '--location', '--max-time', '60', '--noproxy', '*'];
    const args = [
      ...options,
      ...connect,
      '--cacert',
      this.caFile,
      '--output',
      path,
      '--write-out',
      '%{url_effective}',
      url,
    ];
    return (await run('curl', args)).stdout;
  }
}
