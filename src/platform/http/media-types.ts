import type { FastifyRequest } from 'fastify';
import { notAcceptable, unsupportedMediaType } from './errors/protocol-error.js';
import './fastify-request.js';

const JSON_ONLY = ['application/json'] as const;

/** Content negotiation of the routes of /v1 (reference/40 §1.2); other routes take and give what they like. */
export function checkMediaTypes(request: FastifyRequest): Error | undefined {
  const { operation } = request.routeOptions.config;
  if (operation === undefined) return undefined;
  const { headers, method } = request;
  if (!accepted(headers.accept)) return notAcceptable(JSON_ONLY);
  const consumes = operation.consumes ?? JSON_ONLY;
  return consumed(consumes, headers['content-type'], method) ? undefined : unsupportedMediaType();
}

/** Weights are ignored, as clients are used to; no header means everything. */
function accepted(accept: string | undefined): boolean {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') return true;
  return accept.split(',').some((range) => ['*/*', 'application/*', 'application/json'].includes(mediaType(range)));
}

/** GET and DELETE may come without a type; the others must say what they send, even when they send nothing. */
function consumed(consumes: readonly string[], contentType: string | undefined, method: string): boolean {
  if (consumes.includes('*/*')) return true;
  if (!contentType) return method === 'GET' || method === 'DELETE';
  return contentType === 'application/json'
    ? consumes.includes(contentType)
    : consumes.includes(mediaType(contentType));
}

const mediaType = (text: string): string => (text.split(';', 1)[0] ?? '').trim().toLowerCase();
