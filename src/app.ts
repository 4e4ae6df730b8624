import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import { readBuild } from './modules/version/build-info.js';
import { accessLog } from './platform/http/access-log.js';
import { createHttpAdapter } from './platform/http/adapter.js';
import { AdmissionControl } from './platform/http/admission/admission-control.js';
import { ConsoleFiles } from './platform/http/console/console-files.js';
import { serveConsole } from './platform/http/console/serve-console.js';
import { ErrorFilter } from './platform/http/errors/error.filter.js';
import { apiDocuments, serveApiDocuments } from './platform/http/openapi/serve.js';
import { traceRequests } from './platform/http/trace-requests.js';
import { isTracing } from './platform/tracing/spans.js';
import { Origins } from './platform/http/origins.js';
import { outlineProblem } from './platform/auth/outline.js';
import { finishAnswers } from './platform/http/finish-answers.js';
import { verifyRefusals } from './platform/http/verify-refusals.js';
import { answerOnce } from './platform/idempotency/answer-once.js';
import { KeyedRequests } from './platform/idempotency/keyed-requests.service.js';
import { BodyPipe } from './platform/http/wire/body.pipe.js';
import { setTagSecret } from './platform/http/wire/response-tag.js';
import { createEngine } from './platform/store/create-engine.js';
import type { Engine } from './platform/store/engine.js';
import { measuredBy } from './platform/telemetry/measured-engine.js';
import { observedEngine } from './platform/store/observed-engine.js';
import { RefusalVerifier } from './platform/store/refusal-verifier.js';
import type { Clock } from './shared/clock.js';
import { createLogger } from './platform/telemetry/logger.js';
import type { PinoLogger } from './platform/telemetry/logger.js';
import { Metrics } from './platform/telemetry/metrics.js';
import { NestLogger } from './platform/telemetry/nest-logger.js';

/** Parts that a caller may replace; all others are created from the configuration. */
export interface AppParts {
  readonly logger?: PinoLogger;
  readonly metrics?: Metrics;
  readonly engine?: Engine;
  readonly clock?: Clock;
  /** Modules in addition to those of the application. */
  readonly modules?: readonly Type[];
}

/** Creates the server, ready for `init` or `listen`. Opens neither database nor ports. */
export async function createApp(config: Config, parts: AppParts = {}): Promise<NestFastifyApplication> {
  const logger = parts.logger ?? createLogger(config.logLevel);
  const metrics = parts.metrics ?? new Metrics();
  const onAnswered = accessLog(logger, metrics);
  const { limits, maxBodyBytes, corsOrigins } = config.http;
  const admission = new AdmissionControl(limits, maxBodyBytes, (reason) => metrics.observeRefusal(reason));
  const origins = new Origins(corsOrigins, config.dev);
  const adapter = createHttpAdapter({ maxBodyBytes, admission, origins, logger, onAnswered });
  const database = parts.engine ?? createEngine(config.store, (message) => logger.warn(message));
  const engine = observedEngine(database, measuredBy(metrics));
  const module = AppModule.of({ config, engine, metrics, clock: parts.clock }, parts.modules);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  if (isTracing()) traceRequests(adapter.getInstance()); // hooks cost every request
  if (config.auth.hmac.admin.key !== '') setTagSecret(config.auth.hmac.admin.key);
  finishAnswers(adapter.getInstance(), admission, outlineProblem); // after the hooks that the modules have added
  app.setGlobalPrefix(config.http.basePath);
  app.useGlobalFilters(new ErrorFilter(logger));
  verifyRefusals(app, app.get(RefusalVerifier));
  answerOnce(app, app.get(KeyedRequests));
  app.useGlobalPipes(new BodyPipe());
  const { basePath } = config.http;
  const console = ConsoleFiles.open();
  serveApiDocuments(app, basePath, apiDocuments(app, basePath, readBuild().version), console !== undefined);
  if (console) serveConsole(app, basePath, console, config.auth.oidcIssuers);
  return app;
}
