import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './port.js';

/** `metal-api image-cache` as a separate process of the built program, on free loopback ports. */
export class ImageCacheProcess {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly root: string,
    readonly ports: { readonly images: number; readonly kernels: number; readonly bootImages: number },
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  /** Not started yet, so that ports are known before; `root` is a folder for its files. */
  static async prepare(
    variables: Readonly<Record<string, string>>,
    root = mkdtempSync(join(tmpdir(), 'metal-cache-')),
  ): Promise<ImageCacheProcess> {
    const ports = { images: await freePort(), kernels: await freePort(), bootImages: await freePort() };
    return new ImageCacheProcess(root, ports, variables);
  }

  /** Resolves when it listens; also after `kill`, and when it runs already. */
  async start(): Promise<void> {
    if (!this.isOver) return;
    const env = {
      PATH: process.env['PATH'],
      METAL_API_IMAGE_CACHE_CACHE_ROOT_PATH: this.root,
      METAL_API_IMAGE_CACHE_IMAGE_CACHE_BIND_ADDRESS: `127.0.0.1:${this.ports.images}`,
      METAL_API_IMAGE_CACHE_KERNEL_CACHE_BIND_ADDRESS: `127.0.0.1:${this.ports.kernels}`,
      METAL_API_IMAGE_CACHE_BOOT_IMAGE_CACHE_BIND_ADDRESS: `127.0.0.1:${this.ports.bootImages}`,
      METAL_API_IMAGE_CACHE_MIN_FREE_DISK: '0',
      METAL_API_IMAGE_CACHE_RETRY_PAUSE: '100ms',
      METAL_API_IMAGE_CACHE_SCHEDULE: '0 0 1 1 *',
      ...this.variables,
    };
    const args = ['dist/main.js', 'image-cache'];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    await eventually('the image cache listens', () => {
      if (this.isOver) throw new Error(`the image cache ended: ${this.output}`);
      return this.output.includes('serves images on port');
    });
  }

  /** Runs `metal-api image-cache …` for its folder; resolves with exit code and output. */
  async command(...args: string[]): Promise<{ readonly code: number | null; readonly out: string }> {
    const env = { PATH: process.env['PATH'], METAL_API_IMAGE_CACHE_CACHE_ROOT_PATH: this.root, ...this.variables };
    const child = spawn(process.execPath, ['dist/main.js', 'image-cache', ...args], { env });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out };
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.ports.images}/${path}`;
  }

  get log(): string {
    return this.output;
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Resolves to the exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.root, { recursive: true, force: true });
  }

  private get isOver(): boolean {
    return this.child === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.isOver) {
      const gone = once(this.child!, 'exit');
      this.child!.kill(signal);
      await gone;
    }
    return this.child?.exitCode ?? null;
  }
}
