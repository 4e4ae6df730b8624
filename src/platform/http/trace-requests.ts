import type { FastifyInstance, FastifyRequest } from 'fastify';
import { spans } from '../tracing/spans.js';
import type { OpenSpan } from '../tracing/spans.js';
import { traceparentOf } from '../tracing/traceparent.js';

const open = new WeakMap<FastifyRequest, OpenSpan>();

/** Runs each request that was admitted in a span. */
export function traceRequests(instance: FastifyInstance): void {
  instance.addHook('preHandler', (request, _reply, done) => {
    const route = request.routeOptions.url ?? '';
    const attributes = { 'http.request.method': request.method, 'http.route': route, 'metal.request.id': request.id };
    const span = spans().begin(
      { name: `${request.method} ${route}`, kind: 'server', attributes },
      traceparentOf(request.headers['traceparent']),
    );
    if (span === undefined) return done();
    open.set(request, span);
    span.within(done);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const { statusCode } = reply;
    const attributes = { 'http.response.status_code': statusCode };
    open.get(request)?.end({ failed: statusCode >= 500, attributes });
    done();
  });
}
