import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../shared/errors/domain-error.js';
import { pageNotFound, ProtocolError } from './errors/protocol-error.js';
import type { RouteTable } from './route-table.js';

/**
 * Headers that browsers may send: content negotiation, the three headers of HMAC authentication
 * (docs/reference/http.md#cors), and the key of a request that may be repeated.
 */
const ALLOWED_HEADERS =
  'Content-Type, Accept, Authorization, X-Date, X-Data-Salt, X-Request-Id, Idempotency-Key, If-None-Match';
/** How long a browser may cache the response to a preflight, in seconds. */
const MAX_AGE = 600;

/**
 * Determines which web sites may use the API from a browser. From the pages of other sites, the browser hides the
 * responses. In dev mode, where the keys are well known, requests of other sites are rejected: a page on the
 * developer's screen could otherwise control the server, by cross-origin requests or with a host name that it resolves
 * to loopback.
 */
export class Origins {
  constructor(
    private readonly allowed: readonly string[],
    private readonly onlyLoopback: boolean,
  ) {}

  /** The reason for refusing a request because of its host names or origin, or undefined. */
  refusal(request: FastifyRequest): Error | undefined {
    const { headers, httpVersion } = request.raw;
    if (headers.host === undefined && httpVersion !== '1.0') return new ProtocolError(400, NO_HOST);
    if (!this.onlyLoopback) return undefined;
    if (isUsual(headers.host, request)) return undefined;
    const strange = namesOf(request).find((host) => !isLoopbackName(host));
    if (strange !== undefined) {
      return new DomainError(
        'forbidden',
        `the request is for host ${JSON.stringify(strange.slice(0, 253))}, but in dev mode only localhost and loopback addresses are served`,
      );
    }
    const { origin } = headers;
    if (origin === undefined || this.isAllowed(origin) || isOwn(origin, headers.host)) return undefined;
    return new DomainError(
      'forbidden',
      `pages of ${JSON.stringify(origin.slice(0, 253))} may not call this server: in dev mode, add the origin to METAL_API_CORS_ORIGINS`,
    );
  }

  /** Lets pages of allowed origins read the response. */
  allow({ headers: { origin } }: FastifyRequest, reply: FastifyReply): void {
    if (this.allowed.length > 0) void reply.header('vary', 'Origin');
    if (origin === undefined || !this.isAllowed(origin)) return;
    void reply.header('access-control-allow-origin', origin);
    void reply.header(
      'access-control-expose-headers',
      'X-Request-Id, Retry-After, Idempotency-Replayed, ETag, Next-Cursor',
    );
    void reply.header('cross-origin-resource-policy', 'cross-origin');
  }

  /** Answers OPTIONS requests, including preflights, before authentication: browsers send them without credentials. */
  answerOptions(routes: RouteTable, request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
    const methods = routes.methodsOf(request.url);
    if (methods.length === 0) return done(pageNotFound());
    const allow = methods.join(', ');
    void reply.header('allow', allow);
    const { origin } = request.headers;
    if (origin !== undefined && this.isAllowed(origin)) {
      void reply.header('access-control-allow-methods', allow);
      void reply.header('access-control-allow-headers', ALLOWED_HEADERS).header('access-control-max-age', MAX_AGE);
    }
    void reply.code(200).send();
  }

  private isAllowed(origin: string): boolean {
    return this.allowed.includes(origin) || this.allowed.includes('*');
  }
}

const NO_HOST = '400: Bad Request\n\nthe request has no Host header';

/** True for nearly all requests: a usual host, a path, no origin. Saves them further checks. */
const isUsual = (host: string | undefined, { originalUrl, raw }: FastifyRequest): boolean =>
  host !== undefined &&
  USUAL.test(host) &&
  raw.headers.origin === undefined &&
  originalUrl.startsWith('/') &&
  (raw.url ?? '/').startsWith('/');

/** Hosts that a request names: in its header, and in a target such as `http://host/v1/machine`. */
function namesOf({ raw: { headers, url }, originalUrl }: FastifyRequest): string[] {
  const target = AUTHORITY.exec(originalUrl) ?? AUTHORITY.exec(url ?? '');
  return [...(headers.host === undefined ? [] : [headers.host]), ...(target ? [target[1]!] : [])];
}

const AUTHORITY = /^https?:\/\/([^/?#]*)/i;

/** The path of a request target in absolute form, including its query; undefined for other forms. */
export function pathOfAbsolute(target: string): string | undefined {
  const authority = AUTHORITY.exec(target);
  if (!authority) return undefined;
  const rest = target.slice(authority[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Whether a host, with or without port, is this computer, as browsers interpret it: `0x7f.1` is 127.0.0.1. */
function isLoopbackName(host: string): boolean {
  if (USUAL.test(host)) return true;
  if (!/^[^\s/?#@\\]+$/.test(host) || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname) || LOCAL.test(hostname);
}

/** The host of nearly all requests; parsing each would cost more than the rest of the check. */
const USUAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/** Browsers resolve these to loopback without DNS. */
const LOCAL = /\.localhost$/;

/** Whether a page was served by this server. */
const isOwn = (origin: string, host: IncomingMessage['headers']['host']): boolean =>
  URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
