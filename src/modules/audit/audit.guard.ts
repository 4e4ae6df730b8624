import '../../platform/auth/fastify-user.js';
import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasRole } from '../../platform/auth/role.js';
import { accountOf, GUEST } from '../../platform/auth/user.js';
import '../../platform/http/fastify-request.js';
import { auditedBody, projectOf } from './audited-body.js';
import { addressOf, COMPONENT } from './audit.js';
import type { AuditedCall } from './audit.js';
import { AuditService } from './audit.service.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The line of the audit trail that this request has already; absent when it needs none. */
    audited?: AuditedCall;
    /** What it was answered, when it is audited. */
    answer?: string | Uint8Array;
  }
}

/**
 * Puts HTTP requests on record: writing ones before they are carried out, once the caller is known, then their answers.
 * Of reads it only asks whether they are audited. Requests that authorization refuses are put on record afterwards,
 * unless nobody knows who sent them.
 */
@Injectable()
export class AuditGuard implements CanActivate {
  constructor(private readonly audit: AuditService) {}

  /** Runs behind the guard that finds out who asks. Never false: throws `unavailable`. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.audit.enabled && isAudited(request)) await this.putOnRecord(request);
    return true;
  }

  /** Keeps the answer of a request that is on record until it is out. */
  beforeSend(request: FastifyRequest, payload: unknown): void {
    if (request.audited || isRefused(request)) {
      if (typeof payload === 'string' || payload instanceof Uint8Array) request.answer = payload;
    }
  }

  /** Behind the answer. */
  afterSend(request: FastifyRequest, { statusCode }: FastifyReply): void {
    if (!this.audit.enabled) return;
    const error = request.failure === undefined ? '' : JSON.stringify(request.failure);
    const outcome = { statusCode, body: auditedBody(request.answer), error };
    if (request.audited) return this.audit.answered(request.audited, outcome);
    // What could not be put on record was refused for that (503), and logged.
    if (statusCode < 500 && isRefused(request)) this.audit.refused(callOf(request, ''), outcome);
  }

  private async putOnRecord(request: FastifyRequest): Promise<void> {
    const body = auditedBody(Buffer.isBuffer(request.body) ? request.body : undefined);
    const call = callOf(request, projectOf(body));
    if (readsSecrets(request)) await this.audit.secretsRequested(call, body);
    else await this.audit.requested(call, body);
    request.audited = call;
  }
}

/** Whether the answer shows the caller secrets that others do not see. */
function readsSecrets({ routeOptions, user = GUEST }: FastifyRequest): boolean {
  const role = routeOptions.config.operation?.secretsFor;
  return role !== undefined && hasRole(user, role);
}

/** Writing methods unless excluded, reading ones only when included or when they show secrets. */
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
