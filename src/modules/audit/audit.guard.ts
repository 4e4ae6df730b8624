import '../../platform/auth/fastify-user.js';
import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasRole } from '../../platform/auth/role.js';
import { accountOf, GUEST } from '../../platform/auth/user.js';
import '../../platform/http/fastify-request.js';
import { ResponseJson } from '../../platform/http/wire/response-json.js';
import { auditedBody, lengthOnly, projectOf } from './audited-body.js';
import { addressOf, COMPONENT } from './audit.js';
import type { AuditedCall } from './audit.js';
import { AuditService } from './audit.service.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The audited call of this request; absent if it is not audited. */
    audited?: AuditedCall;
    /** The response body of an audited request; absent if it is streamed. */
    answer?: string | Uint8Array;
    /** Whether the response body of an audited request is streamed. */
    hasStreamedAnswer?: boolean;
    /** Whether the end of the response is already awaited, to be recorded. */
    isAnswerAwaited?: boolean;
    /** Whether the response of an audited request was handed to the system completely. */
    isAnswerSent?: boolean;
  }
}

/** What is recorded for the body of a stream of unknown length. */
const STREAMED = JSON.stringify('streamed');
const CUT_OFF = 'the connection was closed before the response was sent completely';

/**
 * Records HTTP requests in the audit trail: writes before they are executed, once the caller is known, then their
 * responses. Reads are only checked for whether they are audited. Requests rejected by authorization are recorded
 * afterwards, unless the caller is unknown.
 */
@Injectable()
export class AuditGuard implements CanActivate {
  constructor(private readonly audit: AuditService) {}

  /** Runs after the authentication guard. Never returns false: throws `unavailable`. */
  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return this.audit.enabled && isAudited(request) ? this.putOnRecord(request) : true;
  }

  /**
   * Keeps the response body of a recorded request and records the response once it was sent, or its connection was closed.
   */
  beforeSend(request: FastifyRequest, reply: FastifyReply, payload: unknown): void {
    if (!request.audited && !isRefused(request)) return;
    const answer = payload instanceof ResponseJson ? payload.toPayload() : payload;
    if (typeof answer === 'string' || answer instanceof Uint8Array) request.answer = answer;
    else request.hasStreamedAnswer = answer instanceof Readable;
    if (request.isAnswerAwaited === true) return; // the stream failed before it was sent: this is its error response
    request.isAnswerAwaited = true;
    const { raw } = reply;
    raw.once('finish', () => (request.isAnswerSent = true));
    const record = (): void => this.afterSend(request, reply);
    if (raw.closed) setImmediate(record);
    else raw.once('close', record);
  }

  private afterSend(request: FastifyRequest, reply: FastifyReply): void {
    const { statusCode } = reply;
    const outcome = { statusCode, body: bodyOf(request, reply), error: errorOf(request) };
    if (request.audited) return this.audit.recordResponse(request.audited, outcome);
    // A request that could not be recorded was refused for that reason (503), and logged.
    if (statusCode < 500 && isRefused(request)) this.audit.recordRefusal(callOf(request, ''), outcome);
  }

  private async putOnRecord(request: FastifyRequest): Promise<true> {
    const body = auditedBody(Buffer.isBuffer(request.body) ? request.body : undefined);
    const call = callOf(request, projectOf(body));
    if (readsSecrets(request)) await this.audit.recordSecretsRequest(call, body);
    else await this.audit.recordRequest(call, body);
    request.audited = call;
    return true;
  }
}

/** The caller had the response already, and got no body. */
const NOT_MODIFIED = 304;

/** Of a streamed response only its length is recorded, if it was known in advance. */
function bodyOf({ answer, hasStreamedAnswer }: FastifyRequest, reply: FastifyReply): string {
  if (reply.statusCode === NOT_MODIFIED) return '';
  if (hasStreamedAnswer !== true) return auditedBody(answer);
  const length = reply.getHeader('content-length');
  return length === undefined ? STREAMED : lengthOnly(Number(length));
}

/** The client may have left, or a stream may have failed, after the request was executed. */
function errorOf({ failure, isAnswerSent }: FastifyRequest): string {
  const reason = failure ?? (isAnswerSent === true ? undefined : CUT_OFF);
  return reason === undefined ? '' : JSON.stringify(reason);
}

/** Whether the response shows secrets that the caller may see, but others may not. */
function readsSecrets({ routeOptions, user = GUEST }: FastifyRequest): boolean {
  const role = routeOptions.config.operation?.secretsFor;
  return role !== undefined && hasRole(user, role);
}

/** Writing methods unless excluded; reading methods only if included or if they show secrets. */
function isAudited(request: FastifyRequest): boolean {
  const { routeOptions, method } = request;
  const { operation } = routeOptions.config;
  if (operation === undefined) return false;
  if (readsSecrets(request)) return true;
  return method === 'GET' ? operation.audit === 'include' : operation.audit !== 'exclude';
}

const isRefused = (request: FastifyRequest): boolean =>
  request.failure !== undefined && request.user !== undefined && request.user !== GUEST && isAudited(request);

function callOf({ id, method, url, headers, ip, socket, user = GUEST }: FastifyRequest, project: string): AuditedCall {
  return {
    component: COMPONENT,
    rqid: id,
    type: 'http',
    detail: method,
    path: url.split('?', 1)[0]!,
    forwardedFor: [headers['x-forwarded-for'] ?? []].flat().join(', '),
    remoteAddr: addressOf(ip, socket.remotePort ?? 0),
    user: accountOf(user),
    tenant: user.tenant,
    project,
  };
}
