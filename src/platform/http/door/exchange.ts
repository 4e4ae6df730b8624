import { IncomingMessage } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { Connection } from './connections.js';

/** One request and its answer, from the end of the request's headers until the answer is out or given up. */
export class Exchange {
  private readonly releases: (() => void)[] = [];
  private ended = false;
  /** Bytes of the body as announced; undefined when the headers do not tell. */
  readonly announced: number | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly connection: Connection,
    /** The client waits for `100 Continue` before it sends the body. */
    readonly awaitsContinue: boolean,
  ) {
    this.announced = announcedLength(request);
  }

  /** Whether the headers announce a body, of known or unknown size. */
  get hasBody(): boolean {
    return this.announced === undefined || this.announced > 0;
  }

  /** Calls `release` at the end of the exchange, at once when that has come. */
  onEnd(release: () => void): void {
    if (this.ended) release();
    else this.releases.push(release);
  }

  /** Ends the exchange; a second time does nothing. */
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

/** The request of an exchange: the key is a property because V8 keeps the entries of a `WeakMap` until it collects all. */
class DoorRequest extends IncomingMessage {
  exchange: Exchange | undefined = undefined;
}

/** Option of the HTTP server whose requests know their exchanges. */
export const REQUEST_CLASS = { IncomingMessage: DoorRequest };

/** Remembers the exchange of a request. */
export const register = (exchange: Exchange): void => void ((exchange.request as DoorRequest).exchange = exchange);

/** The exchange of a request; undefined when it did not come over a connection (tests hand some in directly). */
export const exchangeOf = (request: IncomingMessage): Exchange | undefined => (request as DoorRequest).exchange;
