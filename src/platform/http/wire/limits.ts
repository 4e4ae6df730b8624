import type { Type } from '@nestjs/common';

/**
 * Limits of a request body. A body within them costs at most a fraction of a second: time and memory grow with the
 * number of values, not with the bytes.
 */
export interface BodyLimits {
  /** JSON values in the whole body, including nested ones. */
  readonly values: number;
  /** Nesting of objects and arrays. */
  readonly depth: number;
}

export const DEFAULT_LIMITS: BodyLimits = { values: 20_000, depth: 32 };

/** Default maximum number of elements of an array (see `maxItems`). */
export const MAX_ITEMS = 1000;
/** Default maximum number of members of a map (see `maxItems`). */
export const MAX_MEMBERS = 1000;
/** Default maximum number of characters of a text (see `maxLength`). */
export const MAX_LENGTH = 64 * 1024;
/** Maximum number of characters in the name of a map member. */
export const MAX_NAME_LENGTH = 1024;

const LIMITS = Symbol('body limits');

/** Declares that bodies of this wire class may have more values than others. */
export const BulkBody =
  (values: number): ClassDecorator =>
  (target) =>
    Reflect.defineMetadata(LIMITS, { ...DEFAULT_LIMITS, values }, target);

export const limitsOf = (type: Type): BodyLimits =>
  (Reflect.getMetadata(LIMITS, type) as BodyLimits | undefined) ?? DEFAULT_LIMITS;
