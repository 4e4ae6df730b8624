import type { LoggerService } from '@nestjs/common';
import type { PinoLogger } from './logger.js';

/** Components of Nest that log how the application is assembled: of interest to developers only. */
const FRAMEWORK = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Forwards messages of Nest and its `Logger` class to the logger of the process; the context becomes `component`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: PinoLogger) {}

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

  /** Nest passes the context last, preceded by the stack for errors. */
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
