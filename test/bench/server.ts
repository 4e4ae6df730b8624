import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createApiToken } from '../../src/platform/auth/token/api-token.js';
import { hmacHeaders } from '../support/hmac.js';
import { freePort } from '../support/port.js';
import { HttpClient } from './http-client.js';

const TOKEN_KEY = 'only-for-the-benchmark';
/** Timeout for the start of a server in milliseconds. */
const PATIENCE = 60_000;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A program of this repository that serves HTTP in a separate process. */
export class Server {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
    /** Host and port of the gRPC server, if it has one. */
    readonly grpc: string,
    /** Milliseconds from the start of the process until its first successful response. */
    readonly startUp: number,
  ) {}

  /** Starts the real server on the data that `environment` selects. */
  static async api(environment: Readonly<Record<string, string>>, flags: readonly string[]): Promise<Server> {
    const program = environment['METAL_API_DB'] === 'memory' ? './memory-server.js' : '../../main.js';
    const grpc = await freePort();
    const settings = {
      MALLOC_ARENA_MAX: '2', // as `npm start` and the image
      METAL_API_DEV: 'true',
      METAL_API_LOG_LEVEL: 'warn',
      METAL_API_TOKEN_KEY: TOKEN_KEY,
      METAL_API_GRPC_PORT: String(grpc),
      // Here, one sender represents all machines of a data centre.
      METAL_API_MAX_WATCHES: '1024',
      METAL_API_GRPC_MAX_EVENTS: '1000000',
      METAL_API_METRICS_SERVER_BIND_ADDR: `:${await freePort()}`,
      ...environment,
    };
    const probe = ['--import', here('./stall-probe.js')];
    return Server.start(
      ['--max-semi-space-size=16', ...flags, ...probe, here(program), 'serve'],
      settings,
      '/v1/health',
      `127.0.0.1:${grpc}`,
    );
  }

  /** Bare Fastify with one route, `/<bytes>`. */
  static bareRoute(): Promise<Server> {
    return Server.start([here('./bare-route.js')], {}, '/1', '');
  }

  private static async start(
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    probe: string,
    grpc: string,
  ): Promise<Server> {
    const port = await freePort();
    const env = { PATH: process.env['PATH'], ...environment, METAL_API_PORT: String(port) };
    const before = performance.now();
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const url = `http://127.0.0.1:${port}`;
    while (!(await answers(url + probe))) {
      if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`);
      if (performance.now() - before > PATIENCE) throw new Error(`${args.join(' ')} does not answer at ${url}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return new Server(child, url, grpc, performance.now() - before);
  }

  /** A client with a bearer token, as dashboards and scripts use. */
  static readonly bearer = ((): string => {
    const wanted = { subject: 'benchmark', role: 'admin', lifetime: 3_600_000 } as const;
    return `Bearer ${createApiToken(TOKEN_KEY, wanted, Date.now())[0]}`;
  })();

  withToken(): HttpClient {
    return new HttpClient(this.url, () => ({ authorization: Server.bearer }));
  }

  /** A client that signs each request, like controllers. */
  withSignatures(): HttpClient {
    return new HttpClient(this.url, (method) => hmacHeaders('admin', method));
  }

  /**
   * Measures the longest stall of the server's event loop while the task runs, in milliseconds. A long `period` of the
   * probe costs the server less, and does not see stalls that are shorter.
   */
  async stallDuring(task: () => Promise<unknown>, period = 2): Promise<number> {
    await this.askProbe({ period });
    await task();
    return this.askProbe({});
  }

  private async askProbe(question: { readonly period?: number }): Promise<number> {
    const answer = once(this.process, 'message');
    this.process.send(question);
    const [stall] = (await answer) as [number];
    return stall;
  }

  /** Bytes of memory that the process occupies now. */
  get memory(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.process.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  }

  /** Microseconds of CPU time that the process has used. */
  get cpu(): number {
    const [, fields = ''] = readFileSync(`/proc/${this.process.pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13).map(Number) as [number, number];
    return (user + system) * 10_000;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await gone;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const { ok, body } = await fetch(url);
    await body?.cancel();
    return ok;
  } catch {
    return false;
  }
}
