import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { errorBody } from '../errors/error-body.js';
import { RETRY_AFTER } from '../errors/overload.js';
import type { ConnectionLimiter } from './connection-limiter.js';
import { Exchange, exchangeOf, attachExchange, REQUEST_CLASS } from './exchange.js';
import { drainUnreadBody } from './unread-body.js';

/**
 * Maximum size of request line and headers together, in bytes: users in many groups have tokens of tens of kilobytes.
 */
const MAX_HEADER_BYTES = 64 * 1024;
/** How long an idle connection is kept, in milliseconds; longer than most load balancers keep theirs. */
const KEEP_ALIVE = 72_000;
/**
 * Maximum number of pipelined requests per connection; no known client sends a second one before the first response.
 */
const PIPELINED = 16;

/**
 * The HTTP server in front of Fastify: limits what a connection may send before and between requests. `BodyLimiter`
 * handles timeouts of bodies, because uploads may take any time while they make progress.
 */
export function createHttpServer(
  listener: RequestListener,
  connections: ConnectionLimiter,
  headersTimeout: number,
): Server {
  /** A single listener for all responses: closures would cost small requests more than their handlers. */
  function onClose(this: ServerResponse): void {
    const exchange = exchangeOf(this.req);
    if (!exchange) return;
    connections.finish(exchange);
    drainUnreadBody(exchange);
  }
  const serve = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void => {
    const connection = connections.of(request.socket);
    // The connection was cut or is about to be closed: its other requests were read along with the last one.
    if (!connection || connection.refused) return;
    const exchange = new Exchange(request, response, connection, awaitsContinue);
    attachExchange(exchange);
    connections.begin(exchange);
    response.on('close', onClose);
    if (connection.underWay.length > PIPELINED) {
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
    requireHostHeader: false, // checked by the adapter, which responds in the form that clients decode
  };
  const server = createServer(options, (request, response) => serve(request, response, false));
  server.on('connection', (socket) => connections.accept(socket));
  server.on('checkContinue', (request, response) => serve(request, response, true));
  server.on('checkExpectation', (_request, response) => refuse(response, 417, 'Expectation Failed'));
  return server;
}

/** Responds without a handler, and closes the connection. */
function refuse(response: ServerResponse, status: number, text: string, headers: Record<string, unknown> = {}): void {
  const body = errorBody(status, `${status}: ${text}`);
  const own = { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff', Connection: 'close' };
  response.writeHead(status, { ...own, ...(headers as Record<string, string>) }).end(body);
}
