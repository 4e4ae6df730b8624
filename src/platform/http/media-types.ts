import type { FastifyRequest } from 'fastify';
import { notAcceptable, unsupportedMediaType } from './errors/protocol-error.js';
import './fastify-request.js';

const JSON_ONLY = ['application/json'] as const;

/**
 * Content negotiation for the routes of /v1 (docs/reference/http.md#content-negotiation); other routes are not
 * restricted.
 */
export function checkMediaTypes(request: FastifyRequest): Error | undefined {
  const { operation } = request.routeOptions.config;
  if (operation === undefined) return undefined;
  const { headers, method } = request;
  const produces = operation.produces ?? JSON_ONLY;
  if (!accepted(headers.accept, produces)) return notAcceptable(produces);
  const consumes = operation.consumes ?? JSON_ONLY;
  return consumed(consumes, headers['content-type'], method) ? undefined : unsupportedMediaType();
}

/** Ignores weights, which clients rely on; a missing header accepts everything. */
function accepted(accept: string | undefined, produces: readonly string[]): boolean {
  if (accept === undefined || accept === '' || accept === '*/*' || produces.includes(accept)) return true;
  const ranges = ['*/*', ...produces, ...produces.map((type) => type.replace(/\/.*/, '/*'))];
  return accept.split(',').some((range) => ranges.includes(mediaType(range)));
}

/** GET and DELETE need no content type; other methods must declare one, even without a body. */
function consumed(consumes: readonly string[], contentType: string | undefined, method: string): boolean {
  if (consumes.includes('*/*')) return true;
  if (!contentType) return method === 'GET' || method === 'DELETE';
  return contentType === 'application/json'
    ? consumes.includes(contentType)
    : consumes.includes(mediaType(contentType));
}

const mediaType = (text: string): string => (text.split(';', 1)[0] ?? '').trim().toLowerCase();
