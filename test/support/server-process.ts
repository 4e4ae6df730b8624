import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { RestClient } from '../../src/agent/rest-client.js';
import type { Role } from '../../src/platform/auth/role.js';
import { eventually } from './eventually.js';
import { DEV_KEYS } from './hmac.js';
import { freePort } from './port.js';

/** The built server as a process of its own, on free loopback ports, with the keys of dev mode. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly grpcAddress: string,
    private readonly output: () => string,
  ) {}

  /** Resolves when it is healthy; throws with its output when it ends before. */
  static async start(variables: Record<string, string>): Promise<ServerProcess> {
    const [port, grpcPort] = [await freePort(), await freePort()];
    const env = {
      PATH: process.env['PATH'],
      METAL_API_DEV: 'true',
      METAL_API_PORT: String(port),
      METAL_API_GRPC_PORT: String(grpcPort),
      METAL_API_METRICS_SERVER_BIND_ADDR: ':0',
      METAL_API_LOG_LEVEL: 'warn',
      ...variables,
    };
    const child = spawn(process.execPath, ['dist/src/main.js', 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const server = new ServerProcess(child, `http://127.0.0.1:${port}/`, `127.0.0.1:${grpcPort}`, () => output);
    await eventually('the server is healthy', () => server.isHealthy(), 60_000);
    return server;
  }

  rest(role: Role): RestClient {
    return new RestClient({ url: this.url, role, key: DEV_KEYS[role] });
  }

  /** The end that no process can prepare for. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** The orderly end. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Stands still from now on, as under a debugger or on a host that swaps. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** Everything that it printed. */
  get log(): string {
    return this.output();
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }

  private async isHealthy(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error(`the server ended:\n${this.output()}`);
    try {
      return (await fetch(`${this.url}v1/health`)).ok;
    } catch {
      return false;
    }
  }
}
