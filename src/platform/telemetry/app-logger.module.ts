import { Global, Logger, Module } from '@nestjs/common';
import { APP_LOGGER } from '../../shared/app-logger.js';
import type { AppLogger } from '../../shared/app-logger.js';

/** Forwards the log messages of use cases to Nest's logger, and thus to the logger of the process. */
const nestLog = (): AppLogger => {
  const logger = new Logger('metal-api');
  return {
    info: (message) => logger.log(message),
    warn: (message, cause) => logger.warn(cause === undefined ? message : `${message}: ${describe(cause)}`),
  };
};

const describe = (cause: unknown): string => (cause instanceof Error ? cause.message : JSON.stringify(cause));

/** Provides the logger to every feature; tests override the `APP_LOGGER` provider. */
@Global()
@Module({ providers: [{ provide: APP_LOGGER, useFactory: nestLog }], exports: [APP_LOGGER] })
export class AppLoggerModule {}
