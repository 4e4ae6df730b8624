import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { runYielding } from '../../../shared/event-loop.js';
import { markConfirmed } from '../../store/confirmed.js';
import { decodeBody, decodeBodySteps } from './decode.js';
import { fieldsOf } from './field.js';
import { PIECE } from './open-container.js';

/**
 * Decodes `@Body()` parameters whose type is a wire class, long ones in turns that yield to the event loop. Runs after
 * the guards, so that unauthorized callers learn nothing about bodies; a route without `@Body()` accepts any body
 * (docs/reference/client-conventions.md#requests).
 */
export class BodyPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type !== 'body' || metatype === undefined || !isWireClass(metatype)) return value;
    const body = value as Buffer | undefined;
    if (body !== undefined && body.length > PIECE) return runYielding(decodeBodySteps(metatype, body)).catch(refuse);
    try {
      return decodeBody(metatype, body);
    } catch (error) {
      return refuse(error);
    }
  }
}

/** The error does not depend on the state of the database. */
function refuse(error: unknown): never {
  throw markConfirmed(error);
}

const isWireClass = (type: Type<unknown>): type is Type<object> =>
  type.prototype !== undefined && fieldsOf(type).size > 0;
