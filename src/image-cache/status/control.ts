import { chmod, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { CacheStatus } from './status.js';

/** Longest path of a Unix socket on Linux, in bytes. */
const MAX_PATH = 107;

/** What the process that owns a cache's folder does for commands on the same host. */
export interface Controlled {
  status(): CacheStatus;
  /** Resolves when the run has ended. */
  sync(force: boolean): Promise<CacheStatus>;
}

/** Another process owns the folder. */
export class OccupiedError extends Error {}

const socketOf = (root: string): string => join(root, 'control.sock');

/**
 * A Unix socket in the cache's folder, for its owner only: commands reach the running process by it, and it shows that
 * there is one, so that two never change one folder.
 */
export class Control {
  private constructor(private readonly server: Server) {}

  /** Throws OccupiedError when another process has the folder. */
  static async open(root: string, controlled: Controlled): Promise<Control> {
    const path = socketOf(root);
    if (Buffer.byteLength(path) > MAX_PATH)
      throw new Error(`the path ${root} is too long, expected at most ${MAX_PATH - 13} bytes`);
    if ((await askControl(root, 'GET', '/status')) !== undefined)
      throw new OccupiedError(`another process runs the image cache in ${root}`);
    await rm(path, { force: true });
    const server = createServer((asked, answer) => void handle(controlled, asked, answer));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o600);
    return new Control(server);
  }

  /** Removes the socket. */
  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

async function handle(controlled: Controlled, { method, url }: IncomingMessage, answer: ServerResponse): Promise<void> {
  const force = url === '/sync?force';
  if (method === 'GET' && url === '/status') answer.end(JSON.stringify(controlled.status()));
  else if (method === 'POST' && (force || url === '/sync')) answer.end(JSON.stringify(await controlled.sync(force)));
  else answer.writeHead(404).end();
}

/** The answer of the process that owns the folder; undefined when there is none. */
export function askControl(root: string, method: 'GET' | 'POST', path: string): Promise<CacheStatus | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: socketOf(root), method, path }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      answer.on('error', reject).on('end', () => resolve(JSON.parse(body) as CacheStatus));
    });
    asking.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') resolve(undefined);
      else reject(new Error(`the image cache in ${root} cannot be asked: ${message}`));
    });
    asking.end();
  });
}
