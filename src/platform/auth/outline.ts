import './fastify-user.js';
import type { FastifyInstance, FastifyReply, FastifyRequest, preSerializationHookHandler } from 'fastify';
import '../http/fastify-request.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { KeptAnswer } from '../http/wire/json.js';
import { ResponseJson } from '../http/wire/response-json.js';
import { hasRole } from './role.js';

type Outline = (answer: object) => object | undefined;

/**
 * Reduces responses of routes with role `any` to their outlines, unless the caller has a role. Call it before routes are
 * added; `outlineProblem` must be the check of the responses.
 *
 * The hooks are synchronous: after an asynchronous hook, Fastify tracks every response until its end, which is
 * expensive. Only routes with an outline have them.
 */
export function outlineAnswers(instance: FastifyInstance): void {
  instance.addHook('onRoute', (route) => {
    if (route.config?.operation?.outline !== undefined) route.preSerialization = outlineAnswer;
  });
}

const outlineAnswer: preSerializationHookHandler = (request, reply, payload: unknown, done) => {
  const outline = outlineFor(request);
  if (!outline || reply.statusCode >= 400 || payload instanceof ResponseJson) return done(null, payload);
  request.outlined = true;
  done(null, outlined(payload as object, outline));
};

/** The reason for not sending a response that had to be reduced and no longer can be, because it is already encoded. */
export function outlineProblem(request: FastifyRequest, reply: FastifyReply): DomainError | undefined {
  const isTooLate = outlineFor(request) && !request.outlined && reply.statusCode < 400;
  if (!isTooLate) return undefined;
  const { method, routeOptions } = request;
  return new DomainError('internal', `${method} ${routeOptions.url} responded before the response was outlined`);
}

function outlined(payload: object, outline: Outline): object {
  if (!Array.isArray(payload)) return outline(plain(payload)) ?? {};
  return payload.flatMap((entry: object) => outline(plain(entry)) ?? []);
}

const plain = (answer: object): object => (answer instanceof KeptAnswer ? (answer.value as object) : answer);

function outlineFor({ routeOptions, user }: FastifyRequest): Outline | undefined {
  const { operation } = routeOptions.config;
  if (operation?.outline === undefined || operation.role !== 'any') return undefined;
  return user && hasRole(user, 'viewer') ? undefined : (answer) => operation.outline?.(answer);
}
