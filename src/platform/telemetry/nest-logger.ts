import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Parts of Nest that tell how the application is put together: of interest to developers only. */
const FRAMEWORK = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Sends what Nest and classes with a Nest `Logger` say to the process's logger; the context becomes `component`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(FRAMEWORK.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest passes the context last, and for errors a stack before it. */
  private write(level: 'info' | 'warn' | 'error' | 'fatal' | 'debug' | 'trace', message: unknown, rest: unknown[]) {
    const texts = rest.filter((part): part is string => typeof part === 'string');
    const details = {
      component: texts.at(-1),
      ...(texts.length > 1 && { stack: texts[0] }),
      ...(message instanceof Error && { err: message }),
    };
    this.logger[level](details, message instanceof Error ? message.message : String(message));
  }
}
