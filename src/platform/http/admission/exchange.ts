import { IncomingMessage } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { ClientConnection } from './connection-limiter.js';

/** One request and its response, from the end of the request headers until the response is sent or abandoned. */
export class Exchange {
  private readonly releases: (() => void)[] = [];
  private ended = false;
  /** The key under which limits count the request; undefined until it is admitted, and without a credential. */
  caller: string | undefined;
  /** Size of the body in bytes according to the headers; undefined if unknown. */
  readonly announced: number | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly connection: ClientConnection,
    /** Whether the client waits for `100 Continue` before sending the body. */
    readonly awaitsContinue: boolean,
  ) {
    this.announced = announcedLength(request);
  }

  /** Whether the headers announce a body, of known or unknown size. */
  get hasBody(): boolean {
    return this.announced === undefined || this.announced > 0;
  }

  /** Calls `release` when the exchange ends, immediately if it has ended. */
  onEnd(release: () => void): void {
    if (this.ended) release();
    else this.releases.push(release);
  }

  /** Ends the exchange. Idempotent. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const release of this.releases) release();
  }
}

function announcedLength({ headers }: IncomingMessage): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0);
}

/** The exchange is a property of the request, because V8 keeps entries of a `WeakMap` until a full collection. */
class TrackedRequest extends IncomingMessage {
  exchange: Exchange | undefined = undefined;
}

/** Option of the HTTP server that creates such requests. */
export const REQUEST_CLASS = { IncomingMessage: TrackedRequest };

/** Links the request to its exchange. */
export const attachExchange = (exchange: Exchange): void =>
  void ((exchange.request as TrackedRequest).exchange = exchange);

/** The exchange of a request; undefined without a connection (tests inject requests directly). */
export const exchangeOf = (request: IncomingMessage): Exchange | undefined => (request as TrackedRequest).exchange;
