import './fastify-user.js';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import type { OperationOptions } from '../http/operation.js';
import '../http/fastify-request.js';
import { Arrivals } from './arrivals.js';
import { Authenticator } from './authenticator.js';
import { forbidden } from './forbidden.js';
import { requireRole } from './role.js';
import { GUEST } from './user.js';
import type { User } from './user.js';

/**
 * Decides from the headers alone who sends a request, whether that is a member of the provider tenant, and whether the role
 * suffices (reference/40 §2). A credential that does not hold is refused on open routes too. The body has not been read by
 * then: no signature of v1 covers it, and who may not call makes the server hold nothing.
 */
@Injectable()
export class Admission implements OnModuleDestroy {
  private readonly arrivals = new Arrivals();

  constructor(
    private readonly authenticator: Authenticator,
    @InjectConfig() private readonly config: Config,
  ) {}

  /** Judges every request of a route that says by `@Operation` who may call it, when its headers are complete. */
  listen(instance: FastifyInstance): void {
    instance.addHook('onRequest', (request, _reply, done) => {
      const { operation } = request.routeOptions.config;
      if (!operation) return done();
      this.admit(request, operation.role).then(() => done(), done);
    });
  }

  /** Leaves the user at the request. Throws `forbidden`. */
  async admit(request: FastifyRequest, role: OperationOptions['role']): Promise<void> {
    const { method, headers } = request;
    request.user = await this.authenticator.authenticate({ method, headers, waited: this.arrivals.longestWait() });
    if (role === 'open') return;
    this.requireTenant(request.user);
    if (role !== 'any') requireRole(request.user, role);
  }

  onModuleDestroy(): void {
    this.arrivals.stop();
  }

  private requireTenant(user: User): void {
    if (user.tenant.toLowerCase() === this.config.auth.providerTenant.toLowerCase()) return;
    const hint = user === GUEST ? ': the request carries no credential' : '';
    throw forbidden(`tenant ${user.tenant} not allowed${hint}`);
  }
}
