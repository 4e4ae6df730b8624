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
  private child!: ChildProcess;
  /** Processes that a reload has replaced. */
  private former: ChildProcess[] = [];

  private constructor(
    private readonly folder: string,
    private readonly isReady: () => Promise<boolean>,
  ) {}

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
    const haproxy = new HaProxy(folder, isReady);
    await haproxy.run();
    return haproxy;
  }

  get log(): string {
    return this.output;
  }

  /** Ends the process with all its connections. */
  async kill(): Promise<void> {
    await end(this.child);
  }

  /** Starts a process, in place of one that was killed or beside one that runs. Resolves when it answers. */
  async run(...flags: string[]): Promise<void> {
    const args = ['-db', '-f', join(this.folder, 'haproxy.cfg'), ...flags];
    const child = (this.child = spawn('haproxy', args, { env: { PATH: searchPath() } }));
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    await eventually('HAProxy answers', async () => {
      if (child.exitCode !== null) throw new Error(`HAProxy ended: ${this.output}`);
      return this.isReady().catch(() => false);
    });
  }

  /** Reloads like systemd: a new process takes new connections, the former one serves those that it has. */
  async reload(): Promise<void> {
    const before = this.child;
    this.former.push(before);
    let output = '';
    before.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await this.run('-sf', String(before.pid));
    await eventually('the former process takes no more connections', () => output.includes('stopped'));
  }

  /** Ends the connections of the processes that reloads have replaced, like `hard-stop-after`. */
  async cutFormer(): Promise<void> {
    await Promise.all(this.former.splice(0).map(end));
  }

  async stop(): Promise<void> {
    await Promise.all([this.kill(), this.cutFormer()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
