import type { User } from './user.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent it; set by the AuthGuard, thus absent when no route matched or the credential did not hold. */
    user?: User;
  }
}
