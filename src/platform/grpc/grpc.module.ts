import { Global, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { LOG } from '../../shared/log.js';
import type { Log } from '../../shared/log.js';
import { SecondLook } from '../store/second-look.js';
import { Metrics } from '../telemetry/metrics.js';
import { GrpcServer } from './grpc-server.js';
import { GRPC_LIMITS } from './limits.js';

/** Hands features the gRPC server. Whoever serves starts it; it stops before the store and the bus do. */
@Global()
@Module({
  providers: [{ provide: GrpcServer, inject: [CONFIG, LOG, Metrics, SecondLook], useFactory: createServer }],
  exports: [GrpcServer],
})
export class GrpcModule implements BeforeApplicationShutdown {
  constructor(private readonly server: GrpcServer) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.server.stop();
  }
}

function createServer({ grpc }: Config, log: Log, metrics: Metrics, look: SecondLook): GrpcServer {
  const server = new GrpcServer(grpc, log, GRPC_LIMITS, look);
  server.observe((method, seconds) => metrics.observeGrpc(method, seconds));
  return server;
}
