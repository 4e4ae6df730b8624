import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PinoLogger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import './fastify-request.js';

/**
 * Writes one log line and one observation per answered request (docs/reference/http.md#access-log,
 * docs/reference/metrics.md#exposed-metrics). Bodies are never logged.
 */
export function accessLog(
  logger: PinoLogger,
  metrics: Metrics,
): (request: FastifyRequest, reply: FastifyReply) => void {
  const templates = new Map<string, string>();
  return (request, reply) => {
    const { statusCode: status, elapsedTime } = reply;
    const route = templateOf(templates, request.is404 ? undefined : request.routeOptions.url);
    metrics.observeRequest(route, request.method, status, elapsedTime / 1000);
    const level = levelOf(status);
    if (!logger.isLevelEnabled(level)) return;
    logger[level](
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

/**
 * Refusals are warnings, as clients cause them, and so is 503: probes and clients repeat it as long as a part is away. Failures
 * of the server are errors.
 */
function levelOf(status: number): 'info' | 'warn' | 'error' {
  if (status < 400) return 'info';
  return status < 500 || status === 503 ? 'warn' : 'error';
}

/**
 * Behind a proxy, this is the only hint to the origin of a caller, such as a holder of the admin key
 * (docs/reference/client-conventions.md#compatible-improvements).
 */
function forwardedOf({ headers }: FastifyRequest): object | undefined {
  const forwarded = headers['x-forwarded-for'];
  return forwarded === undefined ? undefined : { forwardedfor: String(forwarded) };
}

function userOf({ user }: FastifyRequest): object | undefined {
  return user && { useremail: user.email, username: user.name, usertenant: user.tenant };
}

/** Dashboards know `/metal/v1/machine/:id` as `/metal/v1/machine/{id}`; an unknown path has no name. */
function templateOf(known: Map<string, string>, url: string | undefined): string {
  if (url === undefined) return '';
  let template = known.get(url);
  if (template === undefined) known.set(url, (template = url.replace(/:([^/]+)/g, '{$1}')));
  return template;
}
