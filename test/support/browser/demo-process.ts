import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RestClient } from '../../../src/agent/rest-client.js';
import type { Role } from '../../../src/platform/auth/role.js';
import { createApiToken } from '../../../src/platform/auth/token/api-token.js';
import { eventually } from '../eventually.js';
import { DEV_KEYS } from '../hmac.js';
import { freePort } from '../port.js';

const TOKEN_KEY = 'token-key-of-the-browser-suite';
const HOUR = 3_600_000;

/** The built `metal-api demo` in a separate process: a server with a simulated partition. Keeps its data across restarts. */
export class DemoProcess {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly port: number,
    private readonly grpcPort: number,
    private readonly folder: string,
    private readonly machines: number,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  /** `variables`: settings of the server, in addition to ports and keys. */
  static async start(machines: number, variables: Readonly<Record<string, string>> = {}): Promise<DemoProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'metal-browser-'));
    const demo = new DemoProcess(await freePort(), await freePort(), folder, machines, variables);
    await demo.run();
    return demo;
  }

  /** What the demo printed for the operator. */
  get banner(): string {
    return this.output;
  }

  rest(role: Role): RestClient {
    return new RestClient({ url: `http://127.0.0.1:${this.port}/`, role, key: DEV_KEYS[role] });
  }

  /** An API token of this role, valid for an hour. */
  token(role: Role): string {
    return createApiToken(TOKEN_KEY, { subject: `${role}-of-tests`, role, lifetime: HOUR }, Date.now())[0];
  }

  /** Stops the process; the data stays. */
  async stop(): Promise<void> {
    if (!this.child) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exit;
    this.child = undefined;
  }

  async run(): Promise<void> {
    const env = {
      PATH: process.env['PATH'],
      METAL_API_PORT: String(this.port),
      METAL_API_GRPC_PORT: String(this.grpcPort),
      METAL_API_METRICS_SERVER_BIND_ADDR: ':0',
      METAL_API_DATA_DIR: this.folder,
      METAL_API_TOKEN_KEY: TOKEN_KEY,
      ...this.variables,
    };
    const args = ['dist/main.js', 'demo', '--machines', String(this.machines)];
    const child = (this.child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    this.output = '';
    const collect = (chunk: Buffer): void => void (this.output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    await eventually(
      'the demo is ready',
      async () => {
        if (child.exitCode !== null) throw new Error(`the demo exited:\n${this.output}`);
        return this.output.includes('Press Ctrl-C');
      },
      180_000,
    );
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
