import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { believed } from '../../store/believed.js';
import { decodeBody } from './decode.js';
import { fieldsOf } from './field.js';

/**
 * Decodes `@Body()` parameters whose type is a wire class. It runs after the guards, so that nobody without the role
 * learns anything about bodies; a route without `@Body()` accepts whatever is sent (reference/50 §1.3).
 */
export class BodyPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type !== 'body' || metatype === undefined || !isWireClass(metatype)) return value;
    try {
      return decodeBody(metatype, value as Buffer | undefined);
    } catch (error) {
      // Whatever the database has, this body stays as it is.
      throw believed(error);
    }
  }
}

const isWireClass = (type: Type<unknown>): type is Type<object> =>
  type.prototype !== undefined && fieldsOf(type).size > 0;
