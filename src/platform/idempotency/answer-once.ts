import '../auth/fastify-user.js';
import '../http/fastify-request.js';
import { AsyncLocalStorage } from 'node:async_hooks';
import { RequestMethod } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { withDeadline } from '../../shared/concurrency/deadline.js';
import { DomainError, malformed } from '../../shared/errors/domain-error.js';
import { callerKey } from '../auth/user.js';
import { writes } from '../auth/writes.js';
import type { OperationOptions } from '../http/operation.js';
import { wrapHandlers } from '../http/wrap-handlers.js';
import { JsonPieces } from '../http/wire/json-pieces.js';
import { jsonPiecesOf } from '../http/wire/json.js';
import { KEY_HEADER, parseIdempotencyKey } from './idempotency-key.js';
import type { KeyedAnswer } from './keyed-request.js';
import type { KeyedRequests } from './keyed-requests.service.js';

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The exchange of the current request with a key; handlers do not get it as an argument. */
const current = new AsyncLocalStorage<Exchange>();

/** When an allocation is answered with 503, in milliseconds. */
const ALLOCATION_MS = 20_000;

/** Tells a repeated response from the first one. */
const REPLAYED_HEADER = 'idempotency-replayed';

/** Makes exchanges with a key known to the handlers of `answerOnce`. Call it before routes are added. */
export function noteKeys(instance: FastifyInstance): void {
  instance.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    if (!methods.some((method) => writes(route.config?.operation, method))) return;
    const { handler } = route;
    route.handler = function (request, reply) {
      if (request.headers[KEY_HEADER] === undefined) return handler.call(this, request, reply);
      return current.run({ request, reply }, () => handler.call(this, request, reply));
    };
  });
}

/**
 * Executes requests with an idempotency key once, and answers in time. Call it after `verifyRefusals`, whose repetitions
 * are part of one execution. Reads are left as they are.
 */
export function answerOnce(app: INestApplicationContext, requests: KeyedRequests): void {
  wrapHandlers(app, ({ handler, operation }, call) => {
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
    if (!writes(operation, method)) return undefined;
    const once = (args: unknown[]): unknown => {
      const exchange = current.getStore();
      return exchange === undefined ? call(args) : answerKeyed(requests, exchange, operation, () => call(args));
    };
    if (!operation.allocates) return (...args) => once(args);
    return (...args) => withDeadline(Promise.resolve(once(args)), ALLOCATION_MS, () => late(operation));
  });
}

async function answerKeyed(
  requests: KeyedRequests,
  { request, reply }: Exchange,
  operation: OperationOptions,
  handle: () => unknown,
): Promise<unknown> {
  const key = parseIdempotencyKey(request.headers[KEY_HEADER] ?? '');
  if (operation.upload !== undefined || operation.produces !== undefined) {
    throw malformed(`${operation.id} does not support the header Idempotency-Key, leave it out`);
  }
  const { method, url, body, user } = request;
  const call = { caller: `${user?.tenant} ${callerKey(user)}`, key, method, url, body: bytesOf(body) };
  let result: unknown;
  const run = async (): Promise<KeyedAnswer> => {
    result = await handle();
    return { status: reply.statusCode, body: result === undefined ? '' : jsonPiecesOf(result).toString() };
  };
  const { answer, isRepeated } = await requests.answer(call, { repeatable: operation.allocates ?? false, run });
  if (!isRepeated) return result;
  void reply.code(answer.status).header(REPLAYED_HEADER, 'true');
  return answer.body === '' ? undefined : JsonPieces.of(answer.body);
}

/** Guards run before bodies are decoded, so this is what the client sent. */
const bytesOf = (body: unknown): Uint8Array | undefined => (Buffer.isBuffer(body) ? body : undefined);

const late = ({ id }: OperationOptions): DomainError =>
  new DomainError(
    'unavailable',
    `${id} is still in progress after ${ALLOCATION_MS / 1000} s and continues: look for its result before you repeat it, ` +
      'or repeat it with the same Idempotency-Key',
  );
