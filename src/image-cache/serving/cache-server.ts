import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { after } from '../../shared/concurrency/timers.js';
import type { ListenAddress } from '../../config/image-cache-config.js';
import type { AppLogger } from '../../shared/app-logger.js';
import type { CacheFolder } from '../files/cache-folder.js';
import type { FileRecord } from '../files/file-record.js';
import { CHECKSUM_SUFFIX, keyOfPath, pathOfKey } from '../selection/object-key.js';
import { PEER_HEADER } from '../sync/downloader.js';
import { evaluate } from './conditional.js';
import type { Outcome } from './conditional.js';
import type { Peers } from './peers.js';
import { sendFile } from './send-file.js';
import type { ServingFigures } from './serving-figures.js';

export interface CacheServerOptions {
  readonly listen: ListenAddress;
  readonly maxConnections: number;
  /** Where misses lead; undefined = to HTTPS of the host that the client named. */
  readonly fallbackUrl?: string | undefined;
}

/** Milliseconds for the headers of a request, between requests, and without progress of a download. */
const HEADERS_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
const STALL_MS = 60_000;

/** Serves the files of one cache by plain HTTP (docs/reference/image-cache.md#serving). */
export class CacheServer {
  private server: Server | undefined;

  constructor(
    private readonly folder: CacheFolder,
    private readonly peers: Peers,
    private readonly figures: ServingFigures,
    private readonly options: CacheServerOptions,
    private readonly log: AppLogger,
    /** Called when a file turns out to be damaged or gone. */
    private readonly onDamage: () => void,
  ) {}

  /** Rejects when the address cannot be bound. */
  async start(): Promise<void> {
    const server = createServer({ requestTimeout: HEADERS_MS, headersTimeout: HEADERS_MS }, (request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        this.log.warn(`${this.folder.kind}: a request failed`, error);
        if (response.headersSent) response.destroy();
        else response.writeHead(500).end();
      });
    });
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.maxConnections = this.options.maxConnections;
    server.setTimeout(STALL_MS, (socket) => socket.destroy());
    this.server = server;
    const { host, port } = this.options.listen;
    await new Promise<void>((resolve, reject) => {
      const refuse = ({ message }: Error): void =>
        reject(new Error(`${this.folder.kind} cannot listen on ${host}:${port}: ${message}`));
      server.once('error', refuse);
      server.listen(port, host, () => {
        server.off('error', refuse);
        // For example no more file descriptors: those who hold them let go of them again.
        server.on('error', (error) => this.log.warn(`${this.folder.kind}: the listener has a problem`, error));
        resolve();
      });
    });
  }

  get port(): number {
    return (this.server!.address() as AddressInfo).port;
  }

  /** Accepts no more connections; resolves when downloads under way have ended, at the latest after `grace` ms. */
  async stop(grace: number): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    const cancel = after(grace, () => server.closeAllConnections(), { keepsAlive: true });
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
    cancel();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    response.setHeader('x-content-type-options', 'nosniff');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end();
      return;
    }
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (!path.startsWith('/')) response.writeHead(400).end();
    else if (path === '/health') text(request, response, 'text/plain', 'HEALTHY');
    else if (path === '/metrics') await this.metrics(request, response);
    else await this.file(request, response, path);
  }

  private async metrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { type, text: figures } = await this.figures.render();
    text(request, response, type, figures);
  }

  private async file(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const key = keyOfPath(path, true);
    const record = key === undefined ? undefined : this.folder.get(key);
    if (record !== undefined && (await this.sendRecord(request, response, record))) return;
    if (key?.endsWith(CHECKSUM_SUFFIX) && this.sendChecksum(request, response, key)) return;
    await this.miss(request, response, key);
  }

  /** False when the file is no longer there or was changed, and nothing was sent. */
  private async sendRecord(request: IncomingMessage, response: ServerResponse, record: FileRecord): Promise<boolean> {
    const file = await this.folder.open(record);
    if (file === undefined) {
      this.log.warn(`${this.folder.kind}/${record.key} is damaged or gone, so it is not served until it is checked`);
      this.onDamage();
      return false;
    }
    try {
      const etag = `"${record.md5}"`;
      const outcome = evaluate(request.headers, { etag, modified: record.mtimeMs, size: record.size });
      response.writeHead(outcome.status, headersOf(outcome, record, etag));
      if (request.method === 'HEAD' || !('start' in outcome)) {
        response.end();
        return true;
      }
      const isPeer = request.headers[PEER_HEADER] !== undefined;
      if (!isPeer) this.figures.downloads++;
      const sent = (bytes: number): void => void (isPeer || (this.figures.bytes += bytes));
      if (await sendFile(file, outcome.start, outcome.end, response, sent)) response.end();
      return true;
    } finally {
      await file.close();
    }
  }

  /** From memory, so that it always is that of the file. */
  private sendChecksum(request: IncomingMessage, response: ServerResponse, key: string): boolean {
    const checksum = this.folder.get(key.slice(0, -CHECKSUM_SUFFIX.length))?.checksum;
    if (checksum === undefined) return false;
    text(request, response, 'text/plain', checksum);
    return true;
  }

  /** `key` is undefined for a path that no file can have. */
  private async miss(request: IncomingMessage, response: ServerResponse, key: string | undefined): Promise<void> {
    if (request.headers[PEER_HEADER] !== undefined) {
      response.writeHead(404).end();
      return;
    }
    this.figures.misses++;
    const answer = key && (await this.peers.ask(request.method!, pathOfKey(key), chosen(request, CONDITIONS)));
    if (!answer) return this.redirect(request, response);
    response.writeHead(answer.statusCode!, chosen(answer, PASSED));
    await new Promise<void>((resolve) => pipeline(answer, response, () => resolve()));
  }

  /** To the store, with path and query. */
  private redirect(request: IncomingMessage, response: ServerResponse): void {
    const { fallbackUrl } = this.options;
    const host = /^([\w.-]+|\[[0-9a-f:.]+\])(:\d+)?$/i.exec(request.headers.host ?? '')?.[1];
    if (fallbackUrl === undefined && host === undefined) {
      response.writeHead(400, { connection: 'close' }).end();
      return;
    }
    const location = (fallbackUrl?.replace(/\/$/, '') ?? `https://${host}`) + request.url!;
    response.writeHead(307, { location, 'content-length': 0 }).end();
  }
}

function headersOf(outcome: Outcome, record: FileRecord, etag: string): Record<string, string | number> {
  const common = { etag, 'last-modified': new Date(record.mtimeMs).toUTCString(), 'accept-ranges': 'bytes' };
  if (outcome.status === 416) return { ...common, 'content-range': `bytes */${record.size}`, 'content-length': 0 };
  if (!('start' in outcome)) return common;
  const { status, start, end } = outcome;
  return {
    ...common,
    'content-type': 'application/octet-stream',
    'content-length': end - start,
    ...(status === 206 && { 'content-range': `bytes ${start}-${end - 1}/${record.size}` }),
  };
}

function text(request: IncomingMessage, response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const CONDITIONS = [
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'range',
] as const;

const PASSED = ['content-length', 'content-range', 'content-type', 'etag', 'last-modified', 'accept-ranges'] as const;

/** These headers of a message, as far as it has them. */
const chosen = ({ headers }: IncomingMessage, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])));
