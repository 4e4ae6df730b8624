import { RequestMethod } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import type { RefusalVerifier } from '../store/refusal-verifier.js';
import { wrapHandlers } from './wrap-handlers.js';

/**
 * Makes each route re-run its use case if it was refused because memory lagged behind the database. For reads, only the
 * missing document is looked up, because reads only cost memory. Uploads cannot be read twice.
 */
export function verifyRefusals(app: INestApplicationContext, verifier: RefusalVerifier): void {
  wrapHandlers(app, ({ handler, operation }, call) => {
    if (operation.upload !== undefined) return undefined;
    const isRead = Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET;
    const depth = isRead ? 'the document' : 'everything';
    return (...args) => verifier.runVerified(() => call(args), depth);
  });
}
