import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { malformed } from '../../../shared/errors/domain-error.js';
import { quoteText } from '../../../shared/text.js';

/**
 * A boolean query parameter: `@Query('force', BooleanQuery) force: boolean`. Absent and empty mean false. Accepts Go's
 * spellings; throws `malformed` for others.
 */
export class BooleanQuery implements PipeTransform<unknown, boolean> {
  transform(value: unknown, { data }: ArgumentMetadata): boolean {
    const text = lastValue(value);
    if (text === undefined || FALSE.has(text)) return false;
    if (TRUE.has(text)) return true;
    throw malformed(`query parameter "${data}" must be true or false, got "${text}"`);
  }
}

/**
 * A text query parameter; absent and empty mean undefined (docs/reference/client-conventions.md#requests). The last of
 * several wins.
 */
export class TextQuery implements PipeTransform<unknown, string | undefined> {
  transform(value: unknown): string | undefined {
    return lastValue(value) || undefined;
  }
}

/** A count in a query parameter, from 1; absent and empty mean undefined. Throws `malformed` for other texts. */
export class CountQuery implements PipeTransform<unknown, number | undefined> {
  transform(value: unknown, { data }: ArgumentMetadata): number | undefined {
    const text = lastValue(value) || undefined;
    if (text === undefined) return undefined;
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw malformed(`query parameter "${data}" must be a number from 1, got ${quoteText(text, 60)}`);
  }
}

const TRUE = new Set(['true', 'True', 'TRUE', 't', 'T', '1']);
const FALSE = new Set(['', 'false', 'False', 'FALSE', 'f', 'F', '0']);

function lastValue(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : undefined;
}
