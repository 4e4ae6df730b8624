import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { r } from 'rethinkdb-ts';
import type { RethinkOptions } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { installed, searchPath } from './installed.js';
import { freePort } from './port.js';
import { reportSkipped } from './skipped-suites.js';

/** `host:port` of a server to use instead of starting one; its databases are not removed. */
const EXTERNAL = process.env['METAL_API_TEST_RETHINKDB'] || undefined;

/** Whether a RethinkDB is available for `suite`. */
export const rethinkdbAvailable = (suite: string): boolean => EXTERNAL !== undefined || installed(suite, 'rethinkdb');

/** Whether `suite` may kill its RethinkDB, which requires that it starts one. */
export function rethinkdbKillable(suite: string): boolean {
  if (EXTERNAL === undefined) return installed(suite, 'rethinkdb');
  reportSkipped(suite, 'the server of METAL_API_TEST_RETHINKDB is not ours to kill');
  return false;
}

/** Removes all documents of a database that no store uses any more, if it exists; its tables stay. */
export async function emptyTables({ host, port, database }: RethinkOptions): Promise<void> {
  const connection = await r.connect({ host, port, silent: true });
  try {
    if (!(await r.dbList().contains(database).run(connection))) return;
    const tables: string[] = await r.db(database).tableList().run(connection);
    const empty = (name: string) => r.db(database).table(name).delete({ durability: 'soft' }).run(connection);
    await Promise.all(tables.map(empty));
  } finally {
    await connection.close();
  }
}

/** A real RethinkDB on free loopback ports, with its data in a temporary folder. */
export class RethinkServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly host: string,
    readonly port: number,
    private readonly clusterPort: number,
    private readonly folder: string | undefined,
    private readonly more: readonly string[] = [],
  ) {}

  /** `options` are additional command-line options, and `clusterPort` is for its peers; ignored for an external server. */
  static async start(options: readonly string[] = [], clusterPort?: number): Promise<RethinkServer> {
    if (EXTERNAL !== undefined) {
      const [host = '127.0.0.1', port = '28015'] = EXTERNAL.split(':');
      return new RethinkServer(host, Number(port), 0, undefined);
    }
    const folder = mkdtempSync(join(tmpdir(), 'metal-rethinkdb-'));
    const peers = clusterPort ?? (await freePort());
    const server = new RethinkServer('127.0.0.1', await freePort(), peers, folder, options);
    await server.up();
    return server;
  }

  /** Settings of an engine for a database of this server; defaults to a new database. */
  options(database = `test_${randomBytes(6).toString('hex')}`): RethinkOptions {
    return { host: this.host, port: this.port, user: 'admin', password: '', database };
  }

  /** Copies the data of a stopped server, for a later start. */
  save(copy: string): void {
    cpSync(this.folderOf('data'), this.folderOf(copy), { recursive: true });
  }

  /**
   * Starts or restarts the server with its current data, or with that of another folder next to it, initially empty.
   */
  async up(folder = 'data'): Promise<void> {
    if (this.folder === undefined) return;
    const ports = ['--driver-port', String(this.port), '--cluster-port', String(this.clusterPort), '--no-http-admin'];
    const args = [
      '--directory',
      this.folderOf(folder),
      '--bind',
      '127.0.0.1',
      ...ports,
      '--no-update-check',
      '--cache-size',
      '256',
      ...this.more,
    ];
    this.process = spawn('rethinkdb', args, { stdio: 'ignore', env: { ...process.env, PATH: searchPath() } });
    for (let tries = 0; tries < 400; tries++) {
      if (await this.accepts()) return;
      if (this.process.exitCode !== null) throw new Error('rethinkdb exited during start-up');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('rethinkdb does not respond');
  }

  /** Kills the server, like a crash; its data is kept. */
  async kill(): Promise<void> {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  /** Suspends the server; connections stay open. `thaw` resumes it. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  private folderOf(name: string): string {
    return join(this.folder ?? '', name);
  }

  private accepts(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, this.host);
      socket.on('connect', () => (socket.destroy(), resolve(true)));
      socket.on('error', () => resolve(false));
    });
  }
}
