import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { freePort } from './port.js';
import { installed } from './installed.js';

/** Debian keeps the server's programs out of the PATH, in a folder for each version. */
const DEBIAN = '/usr/lib/postgresql';

function folderOfPrograms(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  return (
    versions.map((version) => join(DEBIAN, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb'))) ?? ''
  );
}

/** Whether `suite` has a PostgreSQL to run on: its server, and `psql` to load dumps. */
export const postgresAvailable = (suite: string): boolean =>
  installed(suite, 'psql', folderOfPrograms() === '' ? 'initdb' : 'psql');

const program = (name: string): string => (folderOfPrograms() === '' ? name : join(folderOfPrograms(), name));

/** PostgreSQL refuses to run as root: then it runs as the user that Debian's package creates. */
const isRoot = process.getuid?.() === 0;

function as(user: 'postgres'): { uid?: number; gid?: number } {
  if (!isRoot) return {};
  const idOf = (option: string): number => Number(execFileSync('id', [option, user]).toString());
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** A real PostgreSQL on a free loopback port, with its data in a temporary folder. */
export class PostgresServer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'metal-postgres-'));
    const owner = as('postgres');
    if (owner.uid !== undefined) {
      chmodSync(folder, 0o700);
      execFileSync('chown', [`${owner.uid}:${owner.gid}`, folder]);
    }
    const data = join(folder, 'data');
    const options = { ...owner, cwd: folder, stdio: 'ignore' } as const;
    execFileSync(program('initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '-N'], options);
    const port = await freePort();
    const args = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', folder, '-c', 'fsync=off'];
    const server = new PostgresServer(spawn(program('postgres'), args, options), folder, port);
    await server.answers();
    return server;
  }

  url(database: string, user = 'postgres'): string {
    return `postgresql://${user}@127.0.0.1:${this.port}/${database}`;
  }

  /** Creates a database from a compressed dump. */
  async load(database: string, dump: string): Promise<void> {
    await this.query('postgres', `CREATE DATABASE ${database}`);
    const args = ['-q', '-v', 'ON_ERROR_STOP=1', '-d', this.url(database)];
    const input = gunzipSync(readFileSync(dump));
    execFileSync('psql', args, { input, stdio: ['pipe', 'ignore', 'inherit'] });
  }

  async query(database: string, statement: string): Promise<void> {
    const client = new Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGINT');
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<void> {
    for (let tries = 0; tries < 400; tries++) {
      const isUp = await this.query('postgres', 'SELECT 1').then(
        () => true,
        () => false,
      );
      if (isUp) return;
      if (this.process.exitCode !== null) throw new Error('postgres ended at once');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('postgres does not answer');
  }
}
