import './fastify-user.js';
import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { OPERATION } from '../http/operation.js';
import type { OperationOptions } from '../http/operation.js';
import { Authenticator } from './authenticator.js';
import { forbidden } from './forbidden.js';
import { requireRole } from './role.js';
import { GUEST } from './user.js';
import type { User } from './user.js';

/**
 * Stands before every route of every controller: finds out who asks, whether that is somebody of the provider tenant,
 * and whether the role suffices (reference/40 §2). A credential that does not hold is refused on open routes too. A
 * route that does not say by `@Operation` who may call it answers nobody.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly reflector: Reflector,
    @InjectConfig() private readonly config: Config,
  ) {}

  /** Never false: throws `forbidden`, or `internal` for a route without role. Leaves the user at the request. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const role = this.roleOf(context);
    request.user = await this.authenticator.authenticate(request);
    if (role === 'open') return true;
    this.requireTenant(request.user);
    if (role !== 'any') requireRole(request.user, role);
    return true;
  }

  private roleOf(context: ExecutionContext): OperationOptions['role'] {
    const operation = this.reflector.get<OperationOptions | undefined>(OPERATION, context.getHandler());
    if (operation?.role) return operation.role;
    const route = `${context.getClass().name}.${context.getHandler().name}`;
    throw new DomainError('internal', `${route} does not say who may call it`);
  }

  private requireTenant(user: User): void {
    if (user.tenant.toLowerCase() === this.config.auth.providerTenant.toLowerCase()) return;
    const hint = user === GUEST ? ': the request carries no credential' : '';
    throw forbidden(`tenant ${user.tenant} not allowed${hint}`);
  }
}
