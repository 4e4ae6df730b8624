import './fastify-user.js';
import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../shared/errors/domain-error.js';
import { OPERATION } from '../http/operation.js';
import type { OperationOptions } from '../http/operation.js';
import { Admission } from './admission.js';

/**
 * Stands before every route of every controller, as the last line: a route that does not say by `@Operation` who may call
 * it refuses every caller, and a request that `Admission` has not judged yet is judged here.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly admission: Admission,
    private readonly reflector: Reflector,
  ) {}

  /** Never false: throws `forbidden`, or `internal` for a route without role. */
  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const role = this.roleOf(context);
    return request.user ? true : this.admission.admit(request, role).then(() => true as const);
  }

  private roleOf(context: ExecutionContext): OperationOptions['role'] {
    const operation = this.reflector.get<OperationOptions | undefined>(OPERATION, context.getHandler());
    if (operation?.role) return operation.role;
    const route = `${context.getClass().name}.${context.getHandler().name}`;
    throw new DomainError('internal', `${route} does not say who may call it`);
  }
}
