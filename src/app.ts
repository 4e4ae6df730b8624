import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import { readBuild } from './modules/version/build-info.js';
import { accessLog } from './platform/http/access-log.js';
import { createHttpAdapter } from './platform/http/adapter.js';
import { Door } from './platform/http/door/door.js';
import { ErrorFilter } from './platform/http/errors/error.filter.js';
import { apiDocuments, serveApiDocuments } from './platform/http/openapi/serve.js';
import { Origins } from './platform/http/origins.js';
import { lookTwice } from './platform/http/second-look.routes.js';
import { BodyPipe } from './platform/http/wire/body.pipe.js';
import { createEngine } from './platform/store/create-engine.js';
import type { Engine } from './platform/store/engine.js';
import { SecondLook } from './platform/store/second-look.js';
import { createLogger } from './platform/telemetry/logger.js';
import type { Logger } from './platform/telemetry/logger.js';
import { Metrics } from './platform/telemetry/metrics.js';
import { NestLogger } from './platform/telemetry/nest-logger.js';

/** What a test may bring along; everything else follows from the configuration. */
export interface AppParts {
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly engine?: Engine;
  /** Modules beside those of the application. */
  readonly modules?: readonly Type[];
}

/** The whole server, ready to be initialized or to listen; nothing has been opened yet. */
export async function createApp(config: Config, parts: AppParts = {}): Promise<NestFastifyApplication> {
  const logger = parts.logger ?? createLogger(config.logLevel);
  const metrics = parts.metrics ?? new Metrics();
  const onAnswered = accessLog(logger, metrics);
  const { limits, maxBodyBytes, corsOrigins } = config.http;
  const door = new Door(limits, maxBodyBytes, (reason) => metrics.observeRefusal(reason));
  const origins = new Origins(corsOrigins, config.dev);
  const adapter = createHttpAdapter({ maxBodyBytes, door, origins, logger, onAnswered });
  const engine = parts.engine ?? createEngine(config.store, (message) => logger.warn(message));
  const module = AppModule.of({ config, engine, metrics }, parts.modules);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  door.watchAnswers(adapter.getInstance()); // behind the hooks that the modules have added
  app.setGlobalPrefix(config.http.basePath);
  app.useGlobalFilters(new ErrorFilter(logger));
  lookTwice(app, app.get(SecondLook));
  app.useGlobalPipes(new BodyPipe());
  serveApiDocuments(app, config.http.basePath, apiDocuments(app, config.http.basePath, readBuild().version));
  return app;
}
