import { request as httpRequest, Agent as HttpAgent } from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';
import { UsageError } from '../../cli/usage-error.js';
import { HMAC_TYPES, hmacHeaders } from '../../platform/auth/hmac.js';
import type { Clock } from '../../shared/clock.js';

/** One request of the API, as it is asked of both servers. */
export interface Question {
  readonly method: string;
  /** Without base path, such as `/v1/machine`. */
  readonly path: string;
  /** Undefined when there is none; some GET requests have one. */
  readonly body: unknown;
}

/** The JSON of an answer; `undefined` when it has none, as with errors. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Longest answer that is read, in bytes: the list of a large fleet, and then some. */
const MAX_ANSWER = 1024 * 1024 * 1024;

const TIMEOUT_MS = 120_000;

/** No complete answer has arrived. */
export class NoAnswer extends UsageError {}

/** Asks a server as its clients do, as admin: signed, with bodies of GET requests as some clients send them. */
export class Asker {
  private readonly agent: HttpAgent;
  private readonly isHttps: boolean;

  /** `url` may have a base path; an answer that pauses for `timeout` milliseconds is given up. */
  constructor(
    private readonly url: string,
    private readonly adminKey: string,
    private readonly clock: Clock,
    private readonly timeout = TIMEOUT_MS,
  ) {
    this.isHttps = new URL(url).protocol === 'https:';
    this.agent = this.isHttps ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  }

  /** Throws NoAnswer. */
  async ask({ method, path, body }: Question): Promise<JsonAnswer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      Accept: 'application/json',
      ...(text !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
      ...hmacHeaders(HMAC_TYPES.admin, this.adminKey, method, this.clock.now()),
    };
    const { status, answer } = await this.send(this.under(path), { method, headers }, text);
    return { status, body: status < 400 ? parsed(answer) : undefined };
  }

  close(): void {
    this.agent.destroy();
  }

  private under(path: string): URL {
    const base = this.url.endsWith('/') ? this.url : `${this.url}/`;
    return new URL(path.replace(/^\/+/, ''), base);
  }

  private send(
    url: URL,
    options: { method: string; headers: Record<string, string | number> },
    text: string | undefined,
  ): Promise<{ status: number; answer: string }> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void =>
        reject(new NoAnswer(`no answer from ${url.origin} to ${url.pathname}: ${error.message}`));
      const send = this.isHttps ? httpsRequest : httpRequest;
      const request = send(url, { ...options, agent: this.agent, timeout: this.timeout }, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if ((size += chunk.length) > MAX_ANSWER) request.destroy(new Error('the answer is too long'));
        });
        response.on('error', () => fail(new Error(`it ended after ${String(size)} bytes`)));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, answer: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      request.on('timeout', () => request.destroy(new Error(`none within ${this.timeout / 1000} s`)));
      request.on('error', fail);
      request.end(text);
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
