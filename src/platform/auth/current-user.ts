import './fastify-user.js';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GUEST } from './user.js';
import type { User } from './user.js';

/** Hands a route its caller: `me(@CurrentUser() user: User)`. On open routes that may be the guest. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): User => context.switchToHttp().getRequest<FastifyRequest>().user ?? GUEST,
);
