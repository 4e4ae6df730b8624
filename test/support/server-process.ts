import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { RestClient } from '../../src/agent/rest-client.js';
import type { Role } from '../../src/platform/auth/role.js';
import { eventually } from './eventually.js';
import { DEV_KEYS } from './hmac.js';
import { freePort } from './port.js';
import { programIn } from './upgrade/release.js';

/** Start-up on a computer that many tests keep busy. */
const STARTUP_MS = 180_000;

/** The built server in a separate process, on free loopback ports, with the keys of dev mode. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly grpcAddress: string,
    private readonly output: () => string,
  ) {}

  /**
   * Resolves when the server is healthy; throws an Error with its output if it exits before. `ports` are those of a former
   * process whose place it takes; `folder` has another build than that of the checkout.
   */
  static async start(
    variables: Record<string, string>,
    ports?: readonly [number, number],
    folder = '.',
  ): Promise<ServerProcess> {
    const [port, grpcPort] = ports ?? [await freePort(), await freePort()];
    const env = {
      PATH: process.env['PATH'],
      METAL_API_DEV: 'true',
      METAL_API_PORT: String(port),
      METAL_API_GRPC_PORT: String(grpcPort),
      METAL_API_METRICS_SERVER_BIND_ADDR: ':0',
      METAL_API_LOG_LEVEL: 'warn',
      ...variables,
    };
    const child = spawn(process.execPath, [programIn(folder), 'serve'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const server = new ServerProcess(child, `http://127.0.0.1:${port}/`, `127.0.0.1:${grpcPort}`, () => output);
    try {
      await eventually('the server is healthy', () => server.isHealthy(), STARTUP_MS);
    } catch (error) {
      throw new Error(`the server does not start:\n${output.slice(-4000)}`, { cause: error });
    }
    return server;
  }

  /** Ports of HTTP and gRPC. */
  get ports(): readonly [number, number] {
    return [Number(new URL(this.url).port), Number(this.grpcAddress.split(':')[1])];
  }

  rest(role: Role): RestClient {
    return new RestClient({ url: this.url, role, key: DEV_KEYS[role] });
  }

  /** Kills the process with SIGKILL. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stops the server in an orderly way. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Suspends the process, as under a debugger or on a swapping host. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** All output so far. */
  get log(): string {
    return this.output();
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }

  private async isHealthy(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error(`the server exited:\n${this.output()}`);
    try {
      return (await fetch(`${this.url}v1/health`)).ok;
    } catch {
      return false;
    }
  }
}
