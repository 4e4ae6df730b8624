import './fastify-user.js';
import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../shared/errors/domain-error.js';
import { OPERATION } from '../http/operation.js';
import type { OperationOptions } from '../http/operation.js';
import { RequestAuthorizer } from './request-authorizer.js';

/**
 * The last line of defense for every controller route: refuses all callers of a route that does not declare its role
 * with `@Operation`, and authorizes requests that `RequestAuthorizer` has not authorized yet.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly authorizer: RequestAuthorizer,
    private readonly reflector: Reflector,
  ) {}

  /** Never returns false: throws `forbidden`, or `internal` for a route without a role. */
  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const role = this.roleOf(context);
    return request.user ? true : this.authorizer.admit(request, role).then(() => true as const);
  }

  private roleOf(context: ExecutionContext): OperationOptions['role'] {
    const operation = this.reflector.get<OperationOptions | undefined>(OPERATION, context.getHandler());
    if (operation?.role) return operation.role;
    const route = `${context.getClass().name}.${context.getHandler().name}`;
    throw new DomainError('internal', `${route} does not declare a role`);
  }
}
