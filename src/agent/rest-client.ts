import { HMAC_TYPES, hmacHeaders } from '../platform/auth/hmac.js';
import type { Role } from '../platform/auth/role.js';
import { fetchFailure } from '../shared/errors/fetch-failure.js';

/** An answer of the API other than success. */
export class RestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'RestError';
  }
}

/** No server answered at all. */
export class UnreachableError extends Error {
  constructor(url: string, cause: unknown) {
    super(`no server answers at ${url}: ${fetchFailure(cause)}`, { cause });
    this.name = 'UnreachableError';
  }
}

export interface RestClientOptions {
  /** Address with base path, e.g. `http://127.0.0.1:8080/`. */
  readonly url: string;
  readonly role: Role;
  readonly key: string;
  /** Milliseconds until a request is given up; 30 s as the clients in the field have it. */
  readonly timeout?: number;
}

/**
 * Speaks to the API as its clients do: HMAC-signed JSON over HTTP. Throws RestError for every answer but success, and
 * UnreachableError when there is none.
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

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { role, key, timeout = 30_000 } = this.options;
    const response = await this.fetch(path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...hmacHeaders(HMAC_TYPES[role], key, method),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeout),
    });
    const text = await response.text();
    if (!response.ok) throw new RestError(response.status, `${method} ${path}: ${response.status} ${messageOf(text)}`);
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

/** The message inside an error body, which is a JSON string with an object in it (reference/50 §1.1). */
function messageOf(text: string): string {
  try {
    const inner = JSON.parse(JSON.parse(text) as string) as { message: string };
    return inner.message;
  } catch {
    return text;
  }
}
