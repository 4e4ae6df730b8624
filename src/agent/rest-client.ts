import { Readable } from 'node:stream';
import { HMAC_TYPES, hmacHeaders } from '../platform/auth/hmac.js';
import { after } from '../shared/concurrency/timers.js';
import type { Role } from '../platform/auth/role.js';
import { fetchFailure } from '../shared/errors/fetch-failure.js';

/** An error response of the API. */
export class RestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'RestError';
  }
}

/** The server could not be reached. */
export class UnreachableError extends Error {
  constructor(url: string, cause: unknown) {
    super(`no server responds at ${url}: ${fetchFailure(cause)}`, { cause });
    this.name = 'UnreachableError';
  }
}

export interface RestClientOptions {
  /** Address with base path, e.g. `http://127.0.0.1:8080/`. */
  readonly url: string;
  readonly role: Role;
  readonly key: string;
  /** Timeout of a request in milliseconds; defaults to 30 s, as in the clients in the field. */
  readonly timeout?: number;
}

/**
 * Calls the API as its clients do: HMAC-signed JSON over HTTP. Throws RestError on an error response and
 * UnreachableError if there is no response.
 */
export class RestClient {
  constructor(private readonly options: RestClientOptions) {}

  get<T>(path: string): Promise<T> {
    return this.send<T>('GET', path);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>('PUT', path, body);
  }

  post<T>(path: string, body: unknown = []): Promise<T> {
    return this.send<T>('POST', path, body);
  }

  delete<T>(path: string): Promise<T> {
    return this.send<T>('DELETE', path);
  }

  /** The body of the response as it arrives, which may take any time; its beginning is subject to the timeout. */
  async download(path: string): Promise<Readable> {
    const { role, key, timeout = 30_000 } = this.options;
    const patience = new AbortController();
    const cancel = after(timeout, () => patience.abort(new Error('timeout')), { keepsAlive: true });
    const headers = hmacHeaders(HMAC_TYPES[role], key, 'GET');
    const response = await this.fetch(path, { headers, signal: patience.signal }).finally(cancel);
    if (!response.ok || response.body === null) throw refusal('GET', path, response.status, await response.text());
    return Readable.fromWeb(response.body);
  }

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { role, key, timeout = 30_000 } = this.options;
    const response = await this.fetch(path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...hmacHeaders(HMAC_TYPES[role], key, method),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(timeout),
    });
    const text = await response.text();
    if (!response.ok) throw refusal(method, path, response.status, text);
    return JSON.parse(text) as T;
  }

  private async fetch(path: string, request: RequestInit): Promise<Response> {
    const { url } = this.options;
    try {
      return await fetch(new URL(path.replace(/^\//, ''), url), request);
    } catch (error) {
      throw new UnreachableError(url, error);
    }
  }
}

const refusal = (method: string, path: string, status: number, text: string): RestError =>
  new RestError(status, `${method} ${path}: ${status} ${messageOf(text)}`);

/**
 * Extracts the message from an error body, which is a JSON string that contains a serialized object
 * (docs/reference/client-conventions.md#error-body). Returns the body as it is if it has another form.
 */
function messageOf(text: string): string {
  try {
    const inner = JSON.parse(JSON.parse(text) as string) as { message: string };
    return inner.message;
  } catch {
    return text;
  }
}
