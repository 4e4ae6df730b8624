import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import './fastify-request.js';

/** Writes one line and one observation per answered request (reference/40 §1.7, §6.1). Bodies are never logged. */
export function accessLog(logger: Logger, metrics: Metrics): (request: FastifyRequest, reply: FastifyReply) => void {
  const templates = new Map<string, string>();
  return (request, reply) => {
    const { statusCode: status, elapsedTime } = reply;
    const route = templateOf(templates, request.is404 ? undefined : request.routeOptions.url);
    metrics.observeRequest(route, request.method, status, elapsedTime / 1000);
    logger[levelOf(status)](
      {
        rqid: request.id,
        remoteaddr: request.ip,
        ...forwardedOf(request),
        method: request.method,
        uri: request.url,
        route,
        status,
        'content-length': Number(reply.getHeader('content-length') ?? 0),
        duration: elapsedTime,
        ...userOf(request),
        ...(request.failure !== undefined && { response: request.failure }),
      },
      'rest call',
    );
  };
}

/** Refusals are the caller's affair, failures ours. */
function levelOf(status: number): 'info' | 'warn' | 'error' {
  if (status < 400) return 'info';
  return status < 500 ? 'warn' : 'error';
}

/** Behind a proxy only this tells where a caller, such as the holder of the admin key, comes from (reference/50 §10). */
function forwardedOf({ headers }: FastifyRequest): object | undefined {
  const forwarded = headers['x-forwarded-for'];
  return forwarded === undefined ? undefined : { forwardedfor: String(forwarded) };
}

function userOf({ user }: FastifyRequest): object | undefined {
  return user && { useremail: user.email, username: user.name, usertenant: user.tenant };
}

/** `/metal/v1/machine/:id` is known to dashboards as `/metal/v1/machine/{id}`; an unknown path has no name. */
function templateOf(known: Map<string, string>, url: string | undefined): string {
  if (url === undefined) return '';
  let template = known.get(url);
  if (template === undefined) known.set(url, (template = url.replace(/:([^/]+)/g, '{$1}')));
  return template;
}
