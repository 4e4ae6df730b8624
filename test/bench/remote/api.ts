import { HttpClient } from '../http-client.js';

/** Calls a metal-api until the signal is aborted; after that, each call throws its reason. */
export class Api {
  private readonly client: HttpClient;

  constructor(
    readonly url: string,
    private readonly credentials: (method: string) => Record<string, string>,
    private readonly signal?: AbortSignal,
  ) {
    this.client = new HttpClient(url, credentials);
  }

  /** The same server, without the signal: to clean up after an abort. */
  withoutSignal(): Api {
    return new Api(this.url, this.credentials);
  }

  /** Returns what a 2xx response contains; throws StatusError for any other. */
  async call<T = unknown>(method: string, path: string, body?: object): Promise<T> {
    this.signal?.throwIfAborted();
    const answer = await this.client.ok(method, path, body);
    return JSON.parse(answer.length === 0 ? 'null' : answer.toString()) as T;
  }

  /** A list; the Go server has `null` where there is nothing. */
  async list<T>(method: string, path: string, body?: object): Promise<readonly T[]> {
    return (await this.call<T[] | null>(method, path, body)) ?? [];
  }

  /** Reads a 200 response; returns its length in bytes. */
  async drain(method: string, path: string, body?: object): Promise<number> {
    this.signal?.throwIfAborted();
    return this.client.drain(method, path, body);
  }

  throwIfAborted(): void {
    this.signal?.throwIfAborted();
  }

  close(): void {
    this.client.close();
  }
}
