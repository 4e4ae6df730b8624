import type { Role } from '../../../src/platform/auth/role.js';
import { hmacHeaders } from '../../support/hmac.js';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** The object in the JSON string of an error body. */
export interface ErrorContent {
  readonly statuscode: number;
  readonly message: string;
}

/** Sends requests like the clients, and requires the exact status. */
export class Caller {
  constructor(
    private readonly url: string,
    private readonly role: Role,
  ) {}

  get<T>(path: string, status = 200): Promise<T> {
    return this.expect<T>('GET', path, undefined, status);
  }

  put<T>(path: string, body: unknown, status = 200): Promise<T> {
    return this.expect<T>('PUT', path, JSON.stringify(body), status);
  }

  post<T>(path: string, body: unknown, status = 200): Promise<T> {
    return this.expect<T>('POST', path, JSON.stringify(body), status);
  }

  delete<T>(path: string, status = 200): Promise<T> {
    return this.expect<T>('DELETE', path, undefined, status);
  }

  /** Sends a request that must be rejected with this status; returns the content of the error. */
  async refused(status: number, method: string, path: string, body?: unknown): Promise<ErrorContent> {
    const text = await this.expect<string>(method, path, body === undefined ? undefined : JSON.stringify(body), status);
    return JSON.parse(text) as ErrorContent;
  }

  /** Sends any request with its body as text; accepts every response. */
  async send<T>(method: string, path: string, body?: string): Promise<Answer<T>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...hmacHeaders(this.role, method), ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      body: body ?? null,
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, body: (await response.json()) as T };
  }

  private async expect<T>(method: string, path: string, body: string | undefined, status: number): Promise<T> {
    const answer = await this.send<T>(method, path, body);
    if (answer.status !== status)
      throw new Error(`${method} ${path}: ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}
