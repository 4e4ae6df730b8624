import { after, IdleTimer } from '../../shared/concurrency/timers.js';
import { fetchFailure } from '../../shared/errors/fetch-failure.js';

/** Why a file could not be had from a store or a peer. */
export class TransferError extends Error {
  /** `status` is that of the answer; undefined when there was none, or when it broke off. */
  constructor(
    message: string,
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'TransferError';
  }

  /** The server says that there is no such file. */
  get isMissing(): boolean {
    return this.status === 404 || this.status === 410 || this.status === 403;
  }
}

/** What a HEAD request says of a file. */
export interface RemoteInfo {
  /** Bytes; undefined when the server does not say. */
  readonly size?: number | undefined;
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
}

/** Plain HTTP(S) as installers use it. `patience`: milliseconds for which a server may say nothing. */
export class HttpClient {
  constructor(private readonly patience: number) {}

  /** Throws TransferError. */
  async head(url: string): Promise<RemoteInfo> {
    return infoOf(await this.request(url, { method: 'HEAD' }));
  }

  /** A short text. Throws TransferError, also when it has more than `maxBytes`. */
  async text(url: string, maxBytes: number): Promise<string> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const { body } = await this.get(url);
    for await (const chunk of body) {
      length += chunk.length;
      if (length > maxBytes) throw new TransferError(`${url} has more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  /**
   * A file, or with `Range` a part of one. The body throws TransferError when it breaks off, or when nothing comes for
   * the client's patience; leaving its loop ends the connection.
   */
  async get(
    url: string,
    headers: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<{ readonly response: Response; readonly body: AsyncIterable<Uint8Array> }> {
    const stop = new AbortController();
    const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    const response = await this.request(url, { headers }, both);
    return { response, body: this.read(url, response, stop) };
  }

  private async *read(url: string, response: Response, stop: AbortController): AsyncGenerator<Uint8Array> {
    const stalled = new IdleTimer(this.patience, () => stop.abort(new Error(`nothing came for ${this.patience} ms`)));
    try {
      if (response.body === null) return;
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        stalled.reset();
        yield chunk;
        stalled.reset();
      }
    } catch (error) {
      throw new TransferError(`${url}: ${fetchFailure(error)}`, undefined, { cause: error });
    } finally {
      stalled.cancel();
      stop.abort();
    }
  }

  private async request(url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
    const timeout = new AbortController();
    const cancel = after(this.patience, () => timeout.abort(new Error(`no answer for ${this.patience} ms`)));
    try {
      const response = await fetch(url, {
        ...init,
        // Lengths and ranges are those of the file itself.
        headers: { 'accept-encoding': 'identity', ...init.headers },
        signal: signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]),
      });
      if (response.ok && [null, 'identity'].includes(response.headers.get('content-encoding'))) return response;
      await response.body?.cancel();
      throw new TransferError(
        response.ok ? `${url} is sent compressed` : `${url} answers ${response.status}`,
        response.status,
      );
    } catch (error) {
      if (error instanceof TransferError) throw error;
      throw new TransferError(`${url}: ${fetchFailure(error)}`, undefined, { cause: error });
    } finally {
      cancel();
    }
  }
}

/** What an answer says of the file. */
export function infoOf({ headers }: Response): RemoteInfo {
  const length = headers.get('content-length');
  return {
    size: length === null ? undefined : Number(length),
    etag: headers.get('etag') ?? undefined,
    modified: headers.get('last-modified') ?? undefined,
  };
}
