import type { GrpcService } from '../../src/platform/grpc/operation.js';
import type { GrpcRoute, GrpcRoutes } from '../../src/platform/grpc/routes.js';

type Part = Pick<GrpcRoute, 'kind' | 'handle'> & Partial<GrpcRoute>;

/** A service whose methods any client may call, without a trail. */
export const grpcRoutes = (service: GrpcService, methods: Record<string, Part>): GrpcRoutes => ({
  service,
  routes: new Map(
    Object.entries(methods).map(([name, part]) => [name, { access: () => undefined, recorded: () => false, ...part }]),
  ),
});
