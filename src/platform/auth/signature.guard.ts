import './fastify-user.js';
import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import '../http/fastify-request.js';
import { HmacAuthenticator, signatureUsedBefore } from './hmac-authenticator.js';
import { parseSecond } from './rfc3339.js';
import { hasRole } from './role.js';
import { GUEST } from './user.js';
import { UsedSignatures } from './used-signatures.js';
import type { UsedSignature } from './used-signatures.js';
import { writes } from './writes.js';

/**
 * Runs after authentication. A signature covers neither path nor body, so on routes that write or return secrets, each
 * is valid for one request, across all replicas and restarts. Other routes have no overhead.
 */
@Injectable()
export class SignatureGuard implements CanActivate {
  constructor(
    private readonly used: UsedSignatures,
    private readonly hmac: HmacAuthenticator,
    @InjectConfig() private readonly config: Config,
  ) {}

  /** Never returns false: throws `forbidden` for a reused signature, or `unavailable`. */
  canActivate(context: ExecutionContext): true | Promise<true> {
    if (this.config.auth.hmacReplays === 'allow') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const secret = showsSecrets(request);
    return secret || writes(request.routeOptions.config.operation, request.method) ? this.enter(request, secret) : true;
  }

  private async enter(request: FastifyRequest, secret: boolean): Promise<true> {
    const signature = this.signatureOf(request);
    if (signature === undefined) return true;
    if (secret && this.hmac.isRepeatedRead(signature.type, signature.mac)) throw signatureUsedBefore();
    if (!(await this.used.claim(signature, secret))) throw signatureUsedBefore();
    return true;
  }

  /** Undefined for callers without a signature. The preceding guard has verified it. */
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
