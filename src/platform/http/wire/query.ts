import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { malformed } from '../../../shared/errors/domain-error.js';

/**
 * A query parameter that is true or false: `@Query('force', BooleanQuery) force: boolean`. Absent and empty mean
 * false; other spellings than Go's are refused with `malformed`.
 */
export class BooleanQuery implements PipeTransform<unknown, boolean> {
  transform(value: unknown, { data }: ArgumentMetadata): boolean {
    const text = lastValue(value);
    if (text === undefined || FALSE.has(text)) return false;
    if (TRUE.has(text)) return true;
    throw malformed(`query parameter "${data}" must be true or false, got "${text}"`);
  }
}

/** A text query parameter; absent and empty mean undefined (reference/50 §1.3), the last of several wins. */
export class TextQuery implements PipeTransform<unknown, string | undefined> {
  transform(value: unknown): string | undefined {
    return lastValue(value) || undefined;
  }
}

const TRUE = new Set(['true', 'True', 'TRUE', 't', 'T', '1']);
const FALSE = new Set(['', 'false', 'False', 'FALSE', 'f', 'F', '0']);

function lastValue(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : undefined;
}
