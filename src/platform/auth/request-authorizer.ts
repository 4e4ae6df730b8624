import './fastify-user.js';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import type { OperationOptions } from '../http/operation.js';
import '../http/fastify-request.js';
import { RequestDelayEstimator } from './request-delay-estimator.js';
import { Authenticator } from './authenticator.js';
import { forbidden } from './forbidden.js';
import { requireRole } from './role.js';
import { GUEST } from './user.js';
import type { User } from './user.js';

type Role = OperationOptions['role'];

/**
 * Decides from the headers alone who sends a request, whether the sender belongs to the provider tenant, and whether
 * the role suffices (docs/reference/authentication.md). Invalid credentials are rejected on open routes, too. This
 * happens before the body is read: signatures of v1 do not cover it, and unauthorized callers cannot occupy memory.
 */
@Injectable()
export class RequestAuthorizer implements OnModuleDestroy {
  private readonly requestDelays = new RequestDelayEstimator();

  constructor(
    private readonly authenticator: Authenticator,
    @InjectConfig() private readonly config: Config,
  ) {}

  /** Authorizes every request to a route with `@Operation` as soon as its headers are complete. */
  listen(instance: FastifyInstance): void {
    instance.addHook('onRequest', (request, _reply, done) => {
      const { operation } = request.routeOptions.config;
      if (!operation) return done();
      if (!this.admitKnown(request, operation.role, done)) this.admit(request, operation.role).then(() => done(), done);
    });
  }

  /** Sets the user of the request. Throws `forbidden`. */
  async admit(request: FastifyRequest, role: Role): Promise<void> {
    const { method, headers } = request;
    request.user = await this.authenticator.authenticate({ method, headers, waited: this.requestDelays.maxDelay() });
    this.judge(request.user, role);
  }

  /** Throws `forbidden` when the request would not be admitted now, as its token has expired or was revoked. */
  async recheck({ headers }: Pick<FastifyRequest, 'headers'>, role: Role): Promise<void> {
    const user = await this.authenticator.recheck(headers);
    if (user) this.judge(user, role);
  }

  onModuleDestroy(): void {
    this.requestDelays.stop();
  }

  /** Synchronously authorizes a request whose credential was checked before; returns false for others. */
  private admitKnown(request: FastifyRequest, role: Role, done: (error?: Error) => void): boolean {
    try {
      const user = this.authenticator.recall(request.headers);
      if (!user) return false;
      this.judge((request.user = user), role);
      done();
    } catch (error) {
      done(error as Error);
    }
    return true;
  }

  private judge(user: User, role: Role): void {
    if (role === 'open') return;
    this.requireTenant(user);
    if (role !== 'any') requireRole(user, role);
  }

  private requireTenant(user: User): void {
    if (user.tenant.toLowerCase() === this.config.auth.providerTenant.toLowerCase()) return;
    const hint = user === GUEST ? ': the request carries no credential' : '';
    throw forbidden(`tenant ${user.tenant} not allowed${hint}`);
  }
}
