import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A file of the store. */
interface OriginFile {
  readonly bytes: Buffer;
  readonly modified: Date;
  readonly etag: string;
}

export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** A store of images over HTTP or HTTPS with ranges, whose files, speed and failures a test decides. */
export class ImageOrigin {
  readonly files = new Map<string, OriginFile>();
  /** Method and path of each request. */
  readonly requests: string[] = [];
  /** Where each transfer of data began. */
  readonly offsets: number[] = [];
  /** Bytes after which a transfer of data breaks off; once for each entry. */
  readonly breaks: number[] = [];
  /** If set, every response has this status instead of a file. */
  status: number | undefined;
  /** Called before each piece of data: to slow down, or to do something in the middle. */
  pace: (() => Promise<void>) | undefined;
  private server!: Server;
  private readonly tls: { cert: Buffer; key: Buffer } | undefined;

  private constructor(tls?: { cert: Buffer; key: Buffer }) {
    this.tls = tls;
  }

  /** `tls` makes it HTTPS; `port` 0 takes a free one. */
  static async start(tls?: { cert: Buffer; key: Buffer }, port = 0): Promise<ImageOrigin> {
    const origin = new ImageOrigin(tls);
    await origin.listen(port);
    return origin;
  }

  get url(): string {
    return `${this.tls ? 'https' : 'http'}://localhost:${this.port}/`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Stores random bytes, or these, with their checksum file unless `checksum` says otherwise; returns the bytes. */
  put(path: string, content: number | Buffer, checksum = true): Buffer {
    const bytes = typeof content === 'number' ? randomBytes(content) : content;
    this.files.set(path, fileOf(bytes));
    if (checksum) this.files.set(`${path}.md5`, fileOf(Buffer.from(`${md5(bytes)}  ${path.split('/').at(-1)}\n`)));
    return bytes;
  }

  /** Data requests (GET, no checksum files) so far. */
  get downloads(): string[] {
    return this.requests.filter((line) => line.startsWith('GET') && !line.endsWith('.md5'));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Starts again on the same port. */
  async restart(port: number): Promise<void> {
    await this.listen(port);
  }

  private async listen(port: number): Promise<void> {
    const listener: RequestListener = (request, response) => void this.answer(request, response);
    this.server = this.tls ? createTlsServer(this.tls, listener) : createServer(listener);
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(request.url!.slice(1).split('?', 1)[0]!);
    this.requests.push(`${request.method} ${path}`);
    const file = this.files.get(path);
    if (this.status !== undefined || file === undefined) {
      response.writeHead(this.status ?? 404).end('no such file, but a page that tells so');
      return;
    }
    const { etag, modified, bytes } = file;
    const condition = request.headers['if-range'];
    const range = condition === undefined || condition === etag ? request.headers.range : undefined;
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    response.writeHead(range === undefined ? 200 : 206, {
      etag,
      'last-modified': modified.toUTCString(),
      'content-length': bytes.length - start,
      ...(range !== undefined && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (request.method === 'GET' && !path.endsWith('.md5')) this.offsets.push(start);
    if (request.method === 'HEAD') response.end();
    else await this.send(response, bytes.subarray(start), path.endsWith('.md5'));
  }

  private async send(response: ServerResponse, bytes: Buffer, isChecksum: boolean): Promise<void> {
    const limit = isChecksum ? undefined : this.breaks.shift();
    const end = Math.min(limit ?? bytes.length, bytes.length);
    for (let at = 0; at < end && !response.destroyed; at += 65_536) {
      if (!isChecksum) await this.pace?.();
      const piece = bytes.subarray(at, Math.min(at + 65_536, end));
      await new Promise((resolve) => response.write(piece, resolve));
    }
    if (limit === undefined) response.end();
    else setTimeout(() => response.destroy(), 50);
  }
}

const fileOf = (bytes: Buffer): OriginFile => ({
  bytes,
  modified: new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000),
  etag: `"${md5(bytes)}-1"`,
});
