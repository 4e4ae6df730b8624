import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { SecondLook } from '../store/second-look.js';
import { OPERATION, type OperationOptions } from './operation.js';

/**
 * Runs a use case once more when it refused because memory was behind the database. For reads only the document that was
 * not found is looked for: they cost nothing but memory. An upload cannot be read twice.
 */
@Injectable()
export class SecondLookInterceptor implements NestInterceptor {
  constructor(private readonly look: SecondLook) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const operation = Reflect.getMetadata(OPERATION, context.getHandler()) as OperationOptions | undefined;
    if (operation === undefined || operation.upload !== undefined) return next.handle();
    const depth = context.switchToHttp().getRequest<FastifyRequest>().method === 'GET' ? 'the document' : 'everything';
    return from(this.look.believe(() => lastValueFrom(next.handle()), depth));
  }
}
