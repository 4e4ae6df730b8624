import type { OperationOptions } from './operation.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Message of the error with which the request was answered. */
    failure?: string;
    /** Whether the response has been reduced to its outline. */
    outlined?: boolean;
  }
  interface FastifyContextConfig {
    /** The `@Operation` of the route; absent on routes outside of /v1. */
    operation?: OperationOptions;
  }
}
