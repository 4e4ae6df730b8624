import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { markConfirmed } from '../../store/confirmed.js';
import { decodeBody } from './decode.js';
import { fieldsOf } from './field.js';

/**
 * Decodes `@Body()` parameters whose type is a wire class. Runs after the guards, so that unauthorized callers learn
 * nothing about bodies; a route without `@Body()` accepts any body (docs/reference/client-conventions.md#requests).
 */
export class BodyPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type !== 'body' || metatype === undefined || !isWireClass(metatype)) return value;
    try {
      return decodeBody(metatype, value as Buffer | undefined);
    } catch (error) {
      // The error does not depend on the state of the database.
      throw markConfirmed(error);
    }
  }
}

const isWireClass = (type: Type<unknown>): type is Type<object> =>
  type.prototype !== undefined && fieldsOf(type).size > 0;
