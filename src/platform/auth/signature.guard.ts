import './fastify-user.js';
import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import '../http/fastify-request.js';
import { HmacAuthenticator, isReading, signatureUsedBefore } from './hmac-authenticator.js';
import { parseSecond } from './rfc3339.js';
import { hasRole } from './role.js';
import { GUEST } from './user.js';
import { UsedSignatures } from './used-signatures.js';
import type { UsedSignature } from './used-signatures.js';

/**
 * Runs behind authentication. A signature covers neither path nor body: on routes that write, or that show secrets, each
 * is good for one request, at whichever replica it arrives and also after a restart. Other routes cost nothing here.
 */
@Injectable()
export class SignatureGuard implements CanActivate {
  constructor(
    private readonly used: UsedSignatures,
    private readonly hmac: HmacAuthenticator,
    @InjectConfig() private readonly config: Config,
  ) {}

  /** Never false: throws `forbidden` for a signature that was used before, `unavailable`. */
  canActivate(context: ExecutionContext): true | Promise<true> {
    if (this.config.auth.hmacReplays === 'allow') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const secret = showsSecrets(request);
    return secret || writes(request) ? this.enter(request, secret) : true;
  }

  private async enter(request: FastifyRequest, secret: boolean): Promise<true> {
    const signature = this.signatureOf(request);
    if (signature === undefined) return true;
    if (secret && this.hmac.wasRead(signature.type, signature.mac)) throw signatureUsedBefore();
    if (!(await this.used.enter(signature, secret))) throw signatureUsedBefore();
    return true;
  }

  /** Undefined for callers who are known by something else than a signature. The guard before has checked the rest. */
  private signatureOf({ headers }: FastifyRequest): UsedSignature | undefined {
    const [type = '', mac = ''] = (headers.authorization ?? '').split(' ');
    const date = parseSecond(String(headers['x-date'] ?? ''));
    return this.hmac.handles(type) && date !== undefined ? { type, mac, date } : undefined;
  }
}

function showsSecrets({ routeOptions, user = GUEST }: FastifyRequest): boolean {
  const role = routeOptions.config.operation?.secretsFor;
  return role !== undefined && hasRole(user, role);
}

/** Of the calls that are excluded from the audit trail most only search; those that write say so. */
function writes({ routeOptions, method }: FastifyRequest): boolean {
  const { operation } = routeOptions.config;
  if (operation === undefined || isReading(method)) return false;
  return operation.audit !== 'exclude' || operation.writes === true;
}
