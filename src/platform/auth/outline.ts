import './fastify-user.js';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import '../http/fastify-request.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { JsonPieces } from '../http/wire/json-pieces.js';
import { hasRole } from './role.js';

type Outline = (answer: object) => object | undefined;

/**
 * Reduces responses of routes with role `any` to their outlines, unless the caller has a role. A response that can no
 * longer be reduced, because it is already encoded, is not sent.
 *
 * The hooks are synchronous: after an asynchronous hook, Fastify tracks every response until its end, which is
 * expensive.
 */
export function outlineAnswers(instance: FastifyInstance): void {
  instance.addHook('preSerialization', (request, reply, payload: unknown, done) => {
    const outline = outlineFor(request);
    if (!outline || reply.statusCode >= 400 || payload instanceof JsonPieces) return done(null, payload);
    request.outlined = true;
    done(null, outlined(payload as object, outline));
  });
  instance.addHook('onSend', (request, reply, payload, done) => {
    const isTooLate = outlineFor(request) && !request.outlined && reply.statusCode < 400;
    if (!isTooLate) return done(null, payload);
    const { method, routeOptions } = request;
    done(new DomainError('internal', `${method} ${routeOptions.url} responded before the response was outlined`));
  });
}

function outlined(payload: object, outline: Outline): object {
  if (!Array.isArray(payload)) return outline(payload) ?? {};
  return payload.flatMap((entry: object) => outline(entry) ?? []);
}

function outlineFor({ routeOptions, user }: FastifyRequest): Outline | undefined {
  const { operation } = routeOptions.config;
  if (operation?.outline === undefined || operation.role !== 'any') return undefined;
  return user && hasRole(user, 'viewer') ? undefined : (answer) => operation.outline?.(answer);
}
