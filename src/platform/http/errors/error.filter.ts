import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PinoLogger } from '../../telemetry/logger.js';
import { errorBody, failureOf } from './error-body.js';
import { RETRY_AFTER } from './overload.js';
import { ProtocolError } from './protocol-error.js';

/** Converts every error of the process to the one form that clients decode; logs unexpected ones, once. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: PinoLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { status, message, unexpected } = failureOf(error, request.id);
    if (unexpected) this.logger.error({ rqid: request.id, err: error, url: request.url }, 'unexpected error');
    request.failure = message;
    if (reply.sent) return;
    if (status === 413 || status === 408) void reply.header('connection', 'close'); // the rest of the body is not read
    const retryAfter = retryAfterOf(error, status);
    if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
    void reply.code(status).header('content-type', 'application/json').send(errorBody(status, message));
  }
}

/** Seconds until a repetition may succeed: database and broker are away for seconds when one of their servers is lost. */
const retryAfterOf = (error: unknown, status: number): number | undefined =>
  error instanceof ProtocolError ? error.retryAfter : status === 503 ? RETRY_AFTER : undefined;
