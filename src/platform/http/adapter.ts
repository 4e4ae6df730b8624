import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { after } from '../../shared/concurrency/timers.js';
import type { PinoLogger } from '../telemetry/logger.js';
import { inflateBody } from './compression.js';
import type { AdmissionControl } from './admission/admission-control.js';
import { errorBody } from './errors/error-body.js';
import { bodyTooLarge, methodNotAllowed, pageNotFound } from './errors/protocol-error.js';
import './fastify-request.js';
import { checkMediaTypes } from './media-types.js';
import type { Origins } from './origins.js';
import { requestId } from './request-id.js';
import { RouteTable } from './route-table.js';
import { SECURITY_HEADERS } from './security-headers.js';
import { normalizeTarget } from './target.js';
import { encodeJson } from './wire/json.js';

export interface HttpOptions {
  /** Maximum size of a decompressed request body in bytes; larger ones are answered with 413. */
  readonly maxBodyBytes: number;
  readonly admission: AdmissionControl;
  readonly origins: Origins;
  readonly logger: PinoLogger;
  /** Called once per answered request. */
  readonly onAnswered?: (request: FastifyRequest, reply: FastifyReply) => void;
}

/** Longer than any real ID; the router's default of 100 would answer longer IDs with 414. */
const MAX_PARAMETER_LENGTH = 4096;

/** Fastify configured for the v1 API: implements all rules of docs/reference/http.md that apply before controllers. */
export function createHttpAdapter(options: HttpOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    skipMiddie: true,
    exposeHeadRoutes: false,
    bodyLimit: options.maxBodyBytes,
    genReqId: requestId,
    serverFactory: (listener: RequestListener) => options.admission.createServer(listener),
    rewriteUrl: ({ url }: IncomingMessage) => normalizeTarget(url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: ({ statusCode, message }: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
      void answer(reply, statusCode ?? 400, message),
    clientErrorHandler: refuseUnreadable,
  });
  const instance = adapter.getInstance<FastifyInstance>();
  instance.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  readBodiesAsBytes(instance);
  // Allows pieces in addition to text, unlike the declared type; `finishAnswers` makes them a payload.
  instance.setReplySerializer(encodeJson as (answer: unknown) => string);
  applyConventions(instance, options);
  limitAdmission(instance, options.admission);
  return adapter;
}

/** Runs after all `onRequest` hooks, and thus after authentication, but before the body is read. */
function limitAdmission(instance: FastifyInstance, admission: AdmissionControl): void {
  // One hook instead of three: each costs every request about as much as a header.
  instance.addHook('preParsing', (request, reply, payload, done) => {
    let body: RequestPayload;
    try {
      admission.admit(request, reply);
      body = inflateBody(request, reply, payload);
      admission.count(request, reply, body);
    } catch (error) {
      return done(error as Error);
    }
    done(null, body);
  });
  instance.addHook('preValidation', (request, reply, done) => admission.takeTurn(request, reply, done));
}

/** Bodies stay bytes until the guards have run; the pipe of the parameter decodes them. Uploads stay streams. */
function readBodiesAsBytes(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  instance.addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload));
}

function applyConventions(instance: FastifyInstance, options: HttpOptions): void {
  const { maxBodyBytes, origins, onAnswered } = options;
  const routes = new RouteTable();
  instance.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  instance.addHook('onRequest', (request, reply, done) => {
    void reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    const stranger = origins.refusal(request);
    if (stranger) return done(stranger);
    origins.allow(request, reply);
    if (request.method === 'OPTIONS') return origins.answerOptions(routes, request, reply, done);
    done(refusal(routes, request));
  });
  instance.addHook('preClose', (done) => {
    options.admission.closeSilent();
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

const EMPTY_SEGMENT = /^[^?]*\/\//;

function refusal(routes: RouteTable, request: FastifyRequest): Error | undefined {
  if (EMPTY_SEGMENT.test(request.url)) return pageNotFound();
  if (!request.is404) return checkMediaTypes(request);
  return routes.methodsOf(request.url).length > 0 ? methodNotAllowed() : pageNotFound();
}

function answer(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).header('content-type', 'application/json').send(errorBody(status, message));
}

/** Handles bytes that are not an HTTP request; there is no request object to respond through. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, text] = UNREADABLE[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = errorBody(status, `${status}: ${text}`);
  const headers = Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${text}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `${headers.join('')}Connection: close\r\n\r\n${body}`,
  );
  // A client must not keep the connection open, but one that is still sending should receive the response.
  after(LINGER, () => socket.destroy());
}

/** How long a connection stays open after the response to invalid bytes, in milliseconds. */
const LINGER = 1000;

const UNREADABLE: Readonly<Record<string, [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};
