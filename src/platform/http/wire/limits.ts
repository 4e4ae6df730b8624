import type { Type } from '@nestjs/common';

/**
 * Bounds of a request body. A body within them costs at most a fraction of a second, whoever sends it: time and memory
 * grow with the number of values, not with the bytes.
 */
export interface BodyLimits {
  /** JSON values in the whole body, nested ones included. */
  readonly values: number;
  /** Objects and arrays inside each other. */
  readonly depth: number;
}

export const DEFAULT_LIMITS: BodyLimits = { values: 20_000, depth: 32 };

/** Elements of an array, unless its field says otherwise (`maxItems`). */
export const MAX_ITEMS = 1000;
/** Members of a map, unless its field says otherwise (`maxItems`). */
export const MAX_MEMBERS = 1000;
/** Characters of a text, unless its field says otherwise (`maxLength`). */
export const MAX_LENGTH = 64 * 1024;
/** Characters of the name of a member of a map. */
export const MAX_NAME_LENGTH = 1024;

const LIMITS = Symbol('body limits');

/** Declares that bodies of this wire class may have more values than others. */
export const BulkBody =
  (values: number): ClassDecorator =>
  (target) =>
    Reflect.defineMetadata(LIMITS, { ...DEFAULT_LIMITS, values }, target);

export const limitsOf = (type: Type): BodyLimits =>
  (Reflect.getMetadata(LIMITS, type) as BodyLimits | undefined) ?? DEFAULT_LIMITS;
