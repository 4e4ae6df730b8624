import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { errorBody } from '../errors/error-body.js';
import { RETRY_AFTER } from '../errors/overload.js';
import type { Connections } from './connections.js';
import { Exchange, exchangeOf, register, REQUEST_CLASS } from './exchange.js';
import { lingerForUnread } from './unread.js';

/** Users in many groups have tokens of tens of kilobytes. In bytes, request line and all headers together. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Milliseconds for which an idle connection is kept; longer than most load balancers keep theirs. */
const KEEP_ALIVE = 72_000;
/** Requests that one connection may have under way; none of the known clients sends a second before the first answer. */
const PIPELINED = 16;

/**
 * The HTTP server in front of Fastify: bounds what a connection may send before and between requests. Bodies are timed by
 * `BodyWatch`, since uploads may take as long as they get on.
 */
export function createDoorServer(listener: RequestListener, connections: Connections, headersTimeout: number): Server {
  const serve = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void => {
    const connection = connections.of(request.socket);
    // A connection that was cut, or that is about to be closed: its other requests were read along with the last one.
    if (!connection || connection.refused) return;
    const exchange = new Exchange(request, response, connection, awaitsContinue);
    register(exchange);
    connections.begin(exchange);
    response.on('close', endExchange);
    if (connection.underWay.size > PIPELINED) {
      connection.refused = true;
      return refuse(response, 429, 'Too Many Requests', { 'Retry-After': RETRY_AFTER });
    }
    listener(request, response);
  };
  const options = {
    ...REQUEST_CLASS,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE,
    connectionsCheckingInterval: Math.min(headersTimeout / 2, 5000),
    requireHostHeader: false, // answered by the adapter, in the form that clients decode
  };
  const server = createServer(options, (request, response) => serve(request, response, false));
  server.on('connection', (socket) => connections.accept(socket));
  server.on('checkContinue', (request, response) => serve(request, response, true));
  server.on('checkExpectation', (_request, response) => refuse(response, 417, 'Expectation Failed'));
  return server;
}

/** The one listener of all answers: closures for each would cost small requests more than their handlers. */
function endExchange(this: ServerResponse): void {
  const exchange = exchangeOf(this.req);
  if (!exchange) return;
  exchange.end();
  lingerForUnread(exchange);
}

/** Answers without a handler, and closes the connection. */
function refuse(response: ServerResponse, status: number, text: string, headers: Record<string, unknown> = {}): void {
  const body = errorBody(status, `${status}: ${text}`);
  const own = { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff', Connection: 'close' };
  response.writeHead(status, { ...own, ...(headers as Record<string, string>) }).end(body);
}
