import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../telemetry/logger.js';
import { allowOrigin, answerOptions } from './cors.js';
import { inflateBody } from './compression.js';
import { errorBody } from './errors/error-body.js';
import { bodyTooLarge, methodNotAllowed, pageNotFound } from './errors/protocol-error.js';
import './fastify-request.js';
import { checkMediaTypes } from './media-types.js';
import { requestId } from './request-id.js';
import { RouteTable } from './route-table.js';
import { toJson } from './wire/json.js';
import { JsonStream } from './wire/json-pieces.js';

export interface HttpOptions {
  /** Bytes of a request body after decompression; larger ones are answered 413. */
  readonly maxBodyBytes: number;
  readonly logger: Logger;
  /** Called once per answered request. */
  readonly onAnswered?: (request: FastifyRequest, reply: FastifyReply) => void;
}

/** A client that does not finish its headers is cut off after this time (reference/40 §1.2), in milliseconds. */
const HEADERS_TIMEOUT = 60_000;
/** Longer than any real id; the router's own default of 100 would answer long ids 414. */
const MAX_PARAMETER_LENGTH = 4096;

/** Fastify as the v1 API needs it: everything that reference/40 §1 says of requests, before any controller. */
export function createHttpAdapter(options: HttpOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    skipMiddie: true,
    exposeHeadRoutes: false,
    bodyLimit: options.maxBodyBytes,
    genReqId: requestId,
    rewriteUrl: ({ url }: IncomingMessage) => tidyPath(url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: ({ statusCode, message }: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
      void answer(reply, statusCode ?? 400, message),
    clientErrorHandler: refuseUnreadable,
  });
  const instance = adapter.getInstance<FastifyInstance>();
  instance.server.headersTimeout = HEADERS_TIMEOUT;
  instance.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  readBodiesAsBytes(instance);
  // Bytes and streams are as welcome as text, whatever the type says.
  instance.setReplySerializer(toJson as (answer: unknown) => string);
  applyConventions(instance, options);
  closeConnectionsAtTheEnd(instance);
  return adapter;
}

/**
 * Clients join base path and path with two slashes, and an escaped slash separates segments in Go's router; a NUL can
 * be part of no id. Two slashes behind the name of a service are an empty id: they stay, no route has one, and the segment
 * behind it must not become one (reference/50 §5.2: `DELETE /v1/machine//free`). The query stays as it is.
 */
function tidyPath(url: string): string {
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  if (!UNTIDY.test(path)) return url;
  const text = path.replace(/%2f/gi, '/').replace(/%00/g, '%EF%BF%BD');
  const joined = SERVICE.exec(text)?.[0] ?? text;
  const tidy = joined.replace(/\/{2,}/g, '/') + text.slice(joined.length);
  return end < 0 ? tidy : tidy + url.slice(end);
}

/** All up to the name of a service. */
const SERVICE = /^.*?\/v1\/+[^/]+/;

const EMPTY_SEGMENT = /^[^?]*\/\//;

const UNTIDY = /\/\/|%2f|%00/i;

/** Bodies stay bytes until the guards have spoken; the pipe of the parameter decodes them. Uploads stay streams. */
function readBodiesAsBytes(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  instance.addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload));
}

function applyConventions(instance: FastifyInstance, { maxBodyBytes, onAnswered }: HttpOptions): void {
  const routes = new RouteTable();
  instance.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  instance.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    allowOrigin(request, reply);
    if (request.method === 'OPTIONS') return answerOptions(routes, request, reply, done);
    done(refusal(routes, request));
  });
  instance.addHook('preParsing', (request, reply, payload, done) => inflateBody(request, reply, payload, done));
  instance.addHook('onSend', (_request, reply, payload, done) => {
    if (payload instanceof JsonStream) void reply.header('content-length', payload.length);
    if (reply.getHeader('content-type') === 'application/json; charset=utf-8') {
      void reply.header('content-type', 'application/json');
    }
    done();
  });
  instance.addHook('onError', (_request, _reply, error, done) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') error.message = bodyTooLarge(maxBodyBytes).message;
    done();
  });
  if (onAnswered) {
    instance.addHook('onResponse', (request, reply, done) => {
      onAnswered(request, reply);
      done();
    });
  }
}

/** Idle connections are closed by Fastify; those that are busy at the end must not be kept alive after their answer. */
function closeConnectionsAtTheEnd(instance: FastifyInstance): void {
  let closing = false;
  instance.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  instance.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done();
  });
}

function refusal(routes: RouteTable, request: FastifyRequest): Error | undefined {
  if (EMPTY_SEGMENT.test(request.url)) return pageNotFound();
  if (!request.is404) return checkMediaTypes(request);
  return routes.methodsOf(request.url).length > 0 ? methodNotAllowed() : pageNotFound();
}

function answer(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).header('content-type', 'application/json').send(errorBody(status, message));
}

/** Bytes that are no HTTP request at all; there is no request object to answer through. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, text] = UNREADABLE[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = errorBody(status, `${status}: ${text}`);
  socket.end(
    `HTTP/1.1 ${status} ${text}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}

const UNREADABLE: Readonly<Record<string, [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};
