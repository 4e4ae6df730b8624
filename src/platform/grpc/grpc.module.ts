import { Global, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { APP_LOGGER } from '../../shared/app-logger.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { RefusalVerifier } from '../store/refusal-verifier.js';
import { Metrics } from '../telemetry/metrics.js';
import { GrpcServer } from './grpc-server.js';
import { GRPC_LIMITS } from './limits.js';
import { GrpcRegistration } from './registration.js';

/** Provides the gRPC server to all features. The serve command starts it; it stops before the store and the bus. */
@Global()
@Module({
  providers: [
    { provide: GrpcServer, inject: [CONFIG, APP_LOGGER, Metrics, RefusalVerifier], useFactory: createServer },
    GrpcRegistration,
  ],
  exports: [GrpcServer],
})
export class GrpcModule implements BeforeApplicationShutdown {
  constructor(private readonly server: GrpcServer) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.server.stop();
  }
}

function createServer({ grpc }: Config, log: AppLogger, metrics: Metrics, verifier: RefusalVerifier): GrpcServer {
  const server = new GrpcServer(grpc, log, GRPC_LIMITS, verifier);
  server.observe((method, seconds, code) => metrics.observeGrpc(method, seconds, code));
  return server;
}
