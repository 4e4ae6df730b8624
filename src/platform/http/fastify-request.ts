import type { OperationOptions } from './operation.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Message of the error that this request was answered with. */
    failure?: string;
    /** Whether the answer has been reduced to its outline. */
    outlined?: boolean;
  }
  interface FastifyContextConfig {
    /** What `@Operation` says of the route; absent on routes outside of /v1. */
    operation?: OperationOptions;
  }
}
