import './fastify-user.js';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import '../http/fastify-request.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { JsonPieces } from '../http/wire/json-pieces.js';
import { hasRole } from './role.js';

/**
 * Reduces answers of routes for any authenticated user to their outlines, unless the caller has a role. An answer that can
 * no longer be reduced, because it is bytes already, is not sent.
 */
export function outlineAnswers(instance: FastifyInstance): void {
  instance.addHook('preSerialization', async (request, reply, payload: unknown) => {
    const outline = outlineFor(request);
    if (!outline || reply.statusCode >= 400 || payload instanceof JsonPieces) return payload;
    request.outlined = true;
    if (!Array.isArray(payload)) return outline(payload as object) ?? {};
    return payload.flatMap((entry: object) => outline(entry) ?? []);
  });
  instance.addHook('onSend', async (request, reply, payload) => {
    if (outlineFor(request) && !request.outlined && reply.statusCode < 400) {
      throw new DomainError(
        'internal',
        `${request.method} ${request.routeOptions.url} answered before it was outlined`,
      );
    }
    return payload;
  });
}

function outlineFor({ routeOptions, user }: FastifyRequest): ((answer: object) => object | undefined) | undefined {
  const { operation } = routeOptions.config;
  if (operation?.outline === undefined || operation.role !== 'any') return undefined;
  return user && hasRole(user, 'viewer') ? undefined : (answer) => operation.outline?.(answer);
}
