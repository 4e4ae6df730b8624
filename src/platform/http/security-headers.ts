import type { FastifyReply } from 'fastify';

/** Pages load only resources of this server, cannot be framed and submit no forms. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // Swagger UI sets styles on elements while rendering.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The console, which creates style elements with the nonce of its page; styles inside of its markup are refused. It may
 * connect to the issuers with which it signs in.
 */
const consolePolicy = (nonce: string, issuers: readonly string[]): string =>
  PAGE_POLICY.replace("'unsafe-inline'", `'nonce-${nonce}'`).replace(
    "connect-src 'self'",
    ["connect-src 'self'", ...issuers].join(' '),
  );

/** For all other responses: a browser that opens one runs and loads nothing. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Headers of every response; responses may contain secrets, so none is cached. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': DATA_POLICY,
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

/** Headers for pages only; `x-frame-options` repeats `frame-ancestors` for old browsers. */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': PAGE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** Allows a response to be a page with scripts and styles of this server. */
export const asPage = (reply: FastifyReply): FastifyReply => reply.headers(PAGE_HEADERS);

/** Allows a response to be the page of the console; `issuers` are origins. */
export const asConsolePage = (reply: FastifyReply, nonce: string, issuers: readonly string[]): FastifyReply =>
  reply.headers({ ...PAGE_HEADERS, 'content-security-policy': consolePolicy(nonce, issuers) });
