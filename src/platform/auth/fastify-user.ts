import type { User } from './user.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The sender; set by the AuthGuard, so absent if no route matched or the credential was invalid. */
    user?: User;
  }
}
