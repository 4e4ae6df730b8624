import type { FastifyReply } from 'fastify';

/** Pages load only what this server serves, cannot be framed and submit no forms. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // Swagger UI sets styles of elements while it draws.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Everything but pages: a browser that is led to it runs and loads nothing. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** What every answer tells browsers; answers carry secrets, so none is kept anywhere. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': DATA_POLICY,
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

/** What means something for pages only; `frame-ancestors` says the same to all but old browsers. */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': PAGE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** Allows an answer to be a page with scripts and styles of this server. */
export const asPage = (reply: FastifyReply): FastifyReply => reply.headers(PAGE_HEADERS);
