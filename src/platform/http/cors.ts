import type { FastifyReply, FastifyRequest } from 'fastify';
import { pageNotFound } from './errors/protocol-error.js';
import type { RouteTable } from './route-table.js';

/** What browsers may send: content negotiation, and the three headers of HMAC authentication (reference/40 §1.6). */
const ALLOWED_HEADERS = 'Content-Type, Accept, Authorization, X-Date, X-Data-Salt, X-Request-Id';
/** Seconds for which a browser may remember the answer to a preflight. */
const MAX_AGE = 600;

/** Any origin may read answers: there are no cookies, so an origin has no rights of its own. */
export function allowOrigin({ headers }: FastifyRequest, reply: FastifyReply): void {
  if (headers.origin === undefined) return;
  void reply.header('access-control-allow-origin', headers.origin).header('vary', 'Origin');
  void reply.header('access-control-expose-headers', 'X-Request-Id');
}

/** Answers OPTIONS, preflights included, before authentication: browsers send no credentials with them. */
export function answerOptions(
  routes: RouteTable,
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  const methods = routes.methodsOf(request.url);
  if (methods.length === 0) return done(pageNotFound());
  const allow = methods.join(', ');
  void reply.header('allow', allow);
  if (request.headers.origin !== undefined) {
    void reply.header('access-control-allow-methods', allow);
    void reply.header('access-control-allow-headers', ALLOWED_HEADERS).header('access-control-max-age', MAX_AGE);
  }
  void reply.code(200).send();
}
