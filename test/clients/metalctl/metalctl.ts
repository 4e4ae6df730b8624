import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteDescription } from '../site.js';

export interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** The command-line client for one server, with a separate home folder. */
export class Metalctl {
  constructor(
    readonly binary: string,
    private readonly site: SiteDescription,
    private readonly home: string,
  ) {}

  /** Runs one command. Sets the address variables of both client generations. */
  run(...args: readonly string[]): Promise<Ended> {
    const { url, keys } = this.site;
    const env = { PATH: process.env['PATH'], HOME: this.home, METALCTL_HMAC: keys.admin };
    const child = spawn(this.binary, args, {
      env: { ...env, METALCTL_API_URL: url, METALCTL_URL: url },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? 1, output, errors }));
    });
  }

  /** Runs a command that must succeed; returns its output. */
  async succeed(...args: readonly string[]): Promise<string> {
    const { code, output, errors } = await this.run(...args);
    if (code !== 0) throw new Error(`metalctl ${args.join(' ')} ended with ${code}: ${errors || output}`);
    return output;
  }

  /** Runs a command that must fail with an error that contains `text`. */
  async fail(text: string, ...args: readonly string[]): Promise<void> {
    const { code, output, errors } = await this.run(...args);
    const said = `${output}${errors}`;
    if (code === 0 || !said.includes(text) || said.includes('panic'))
      throw new Error(`metalctl ${args.join(' ')} should fail with ${text}, ended with ${code}: ${said}`);
  }

  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.succeed(...args, '-o', 'json')) as T;
  }

  /** Writes a file of several YAML documents for `-f`; returns its path. JSON is valid YAML. */
  async file(name: string, documents: readonly object[]): Promise<string> {
    const path = join(this.home, name);
    await writeFile(path, documents.map((document) => `---\n${JSON.stringify(document)}\n`).join(''));
    return path;
  }
}
