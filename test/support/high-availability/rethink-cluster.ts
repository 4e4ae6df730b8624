import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { r } from 'rethinkdb-ts';
import { eventually } from '../eventually.js';
import { searchPath } from '../installed.js';
import { freePort } from '../port.js';
import { RethinkServer } from '../rethinkdb.js';
import type { RankedNode } from './node.js';

/** A row of `table_status`, as far as it is read. */
interface TableStatus {
  readonly db: string;
  readonly status: { readonly all_replicas_ready: boolean };
  readonly shards: readonly { readonly primary_replicas: readonly string[] }[];
}

const SERVERS = [1, 2, 3] as const;
const PATIENCE = 180_000;

/** Three servers of RethinkDB, and two proxies for the replicas, as docs/guide/high-availability.md has them. */
export class RethinkCluster {
  private constructor(
    private readonly servers: ReadonlyMap<string, RethinkServer>,
    private readonly proxies: readonly RethinkProxy[],
  ) {}

  static async start(): Promise<RethinkCluster> {
    const ports = await Promise.all(SERVERS.map(() => freePort()));
    const peers = ports.flatMap((port) => ['--join', `127.0.0.1:${port}`]);
    const server = async (number: number): Promise<[string, RethinkServer]> => {
      const name = `db_${number}`;
      return [name, await RethinkServer.start(['--server-name', name, ...peers], ports[number - 1])];
    };
    const servers = new Map(await Promise.all(SERVERS.map(server)));
    const proxies = await Promise.all([0, 1].map(() => RethinkProxy.start(peers)));
    return new RethinkCluster(servers, proxies);
  }

  /** The address of a proxy. */
  proxy(index: number): string {
    return `127.0.0.1:${this.proxies[index]!.port}`;
  }

  /** Gives each table a copy at each server. */
  async replicate(database: string): Promise<void> {
    await this.ask((connection) => r.db(database).reconfigure({ shards: 1, replicas: SERVERS.length }).run(connection));
    await this.whole(database);
  }

  /** The servers; those that are the primary of most tables first. */
  async nodes(database: string): Promise<RankedNode[]> {
    const primaries = (await this.status(database)).flatMap(({ shards }) =>
      shards.flatMap(({ primary_replicas }) => primary_replicas),
    );
    const count = (name: string): number => primaries.filter((other) => other === name).length;
    return [...this.servers]
      .sort(([a], [b]) => count(b) - count(a))
      .map(([name, server]) => ({
        name: `RethinkDB ${name}`,
        role: `primary of ${count(name)} of ${primaries.length} tables`,
        kill: () => server.kill(),
        comeBack: async () => {
          await server.up();
          await this.whole(database);
        },
      }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
  }

  /** Resolves when every server has every table in its current state. */
  private async whole(database: string): Promise<void> {
    const isWhole = async (): Promise<boolean> =>
      (await this.status(database)).every(({ status }) => status.all_replicas_ready);
    await eventually('all copies of all tables are ready', () => isWhole().catch(() => false), PATIENCE);
  }

  private status(database: string): Promise<TableStatus[]> {
    return this.ask((connection) =>
      r.db('rethinkdb').table<TableStatus>('table_status').filter({ db: database }).run(connection),
    );
  }

  private async ask<T>(question: (connection: Awaited<ReturnType<typeof r.connect>>) => Promise<T>): Promise<T> {
    const connection = await r.connect({ host: '127.0.0.1', port: this.proxies[0]!.port, silent: true });
    try {
      return await question(connection);
    } finally {
      await connection.close();
    }
  }
}

/** A process without data that knows the cluster and leads a replica to a server that is up. */
class RethinkProxy {
  private constructor(
    readonly port: number,
    private readonly process: ChildProcess,
  ) {}

  static async start(peers: readonly string[]): Promise<RethinkProxy> {
    const port = await freePort();
    const ports = ['--driver-port', String(port), '--cluster-port', String(await freePort()), '--no-http-admin'];
    const args = ['proxy', '--bind', '127.0.0.1', ...ports, '--no-update-check', '--log-file', '/dev/null', ...peers];
    const child = spawn('rethinkdb', args, { stdio: 'ignore', env: { ...process.env, PATH: searchPath() } });
    const proxy = new RethinkProxy(port, child);
    await eventually('the proxy answers', () => proxy.answers(), PATIENCE);
    return proxy;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  private async answers(): Promise<boolean> {
    if (this.process.exitCode !== null) throw new Error('rethinkdb proxy exited during start-up');
    try {
      await (await r.connect({ host: '127.0.0.1', port: this.port, silent: true })).close();
      return true;
    } catch {
      return false;
    }
  }
}
