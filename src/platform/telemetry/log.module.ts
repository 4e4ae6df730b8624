import { Global, Logger, Module } from '@nestjs/common';
import { LOG } from '../../shared/log.js';
import type { Log } from '../../shared/log.js';

/** Sends what use cases say to Nest's logger, and so to the process's. */
const nestLog = (): Log => {
  const logger = new Logger('metal-api');
  return {
    info: (message) => logger.log(message),
    warn: (message, cause) => logger.warn(cause === undefined ? message : `${message}: ${describe(cause)}`),
  };
};

const describe = (cause: unknown): string => (cause instanceof Error ? cause.message : JSON.stringify(cause));

/** Hands the log to every feature; tests override the `LOG` provider. */
@Global()
@Module({ providers: [{ provide: LOG, useFactory: nestLog }], exports: [LOG] })
export class LogModule {}
