import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect, vi } from 'vitest';
import type { Role } from '../../src/platform/auth/role.js';
import { signed } from './raw-http.js';

/** A connection for bytes that no HTTP client would send; reads only on request. */
export class RawClient {
  private readonly chunks: Buffer[] = [];
  private closed = false;
  /** The error that ended the connection, if any. */
  failure: Error | undefined;

  private constructor(readonly socket: Socket) {
    socket.on('error', (error) => (this.failure = error));
    socket.on('close', () => (this.closed = true));
  }

  static open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      const client = new RawClient(socket);
      socket.once('error', reject);
      socket.once('connect', () => resolve(client));
    });
  }

  /** Starts reading from the server. */
  read(): this {
    this.socket.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    return this;
  }

  send(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** Everything read so far. */
  get text(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Statuses of the responses so far. */
  get statuses(): number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Repeats the expectations of `check` until they pass. */
export const within = (check: () => unknown, timeout = 60_000): Promise<unknown> =>
  vi.waitFor(check, { timeout, interval: 20 });

/** Waits for the headers of the first response; returns everything read so far. */
export async function answerOf(client: RawClient): Promise<string> {
  client.read();
  await within(() => expect(client.text).toContain('\r\n\r\n'));
  return client.text;
}

/** Request line and headers of a request to localhost. */
export const head = (line: string, ...headers: string[]): string =>
  `${line} HTTP/1.1\r\nHost: localhost\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;

/** Request line and headers of a POST with JSON. */
export const post = (path: string, ...headers: string[]): string =>
  head(`POST ${path}`, 'Content-Type: application/json', ...headers);

/** The headers of a new signature, in the form of `headers` above. */
export const signature = (role: Role, method: string): string => signed(role, method).trimEnd();
