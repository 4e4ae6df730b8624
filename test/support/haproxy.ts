import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { searchPath } from './installed.js';

/** A real HAProxy with a configuration of `deploy`, in which a test's addresses take the place of the example's. */
export class HaProxy {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** Each text of `addresses` must be in the file. Resolves when `isReady` does. */
  static async start(
    file: string,
    addresses: Readonly<Record<string, string>>,
    isReady: () => Promise<boolean>,
  ): Promise<HaProxy> {
    let text = readFileSync(file, 'utf8');
    for (const [example, address] of Object.entries(addresses)) {
      if (!text.includes(example)) throw new Error(`${file} does not have "${example}"`);
      text = text.replaceAll(example, address);
    }
    const folder = mkdtempSync(join(tmpdir(), 'metal-haproxy-'));
    writeFileSync(join(folder, 'haproxy.cfg'), text);
    const env = { PATH: searchPath() };
    const haproxy = new HaProxy(spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { env }), folder);
    await eventually('HAProxy answers', async () => {
      if (haproxy.child.exitCode !== null) throw new Error(`HAProxy ended: ${haproxy.output}`);
      return isReady().catch(() => false);
    });
    return haproxy;
  }

  get log(): string {
    return this.output;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
