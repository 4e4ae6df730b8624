import './fastify-user.js';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GUEST } from './user.js';
import type { User } from './user.js';

/** Injects the caller into a route: `me(@CurrentUser() user: User)`. On open routes the caller may be the guest. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): User => context.switchToHttp().getRequest<FastifyRequest>().user ?? GUEST,
);
