import { isBoolean, isInt, isNumber, isRFC3339, max as isAtMost, min as isAtLeast } from 'class-validator';
import type { Scalar } from './field.js';
import { MAX_LENGTH } from './limits.js';

/** The reason why a value is invalid; the caller adds the field's path. */
export class InvalidValueError extends Error {}

const MAX_SAFE = Number.MAX_SAFE_INTEGER;

/**
 * Ranges of the integer types. 64-bit integers are limited to what a JSON number represents exactly, except durations:
 * that would be 104 days, and precision in nanoseconds does not matter for a year.
 */
export const INTEGER_RANGES = {
  int: [-MAX_SAFE, MAX_SAFE],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-MAX_SAFE, MAX_SAFE],
  uint64: [0, MAX_SAFE],
  byte: [0, 255],
  duration: [-(2 ** 63), 2 ** 63],
} as const;

/**
 * Decodes one JSON value as a scalar type; `undefined` means absent. Texts have at most `maxLength` characters. Throws
 * InvalidValueError.
 */
export function decodeScalar(type: Scalar, value: unknown, maxLength = MAX_LENGTH): unknown {
  switch (type) {
    case 'string':
      return text(value, maxLength);
    case 'boolean':
      if (!isBoolean(value)) throw new InvalidValueError(`must be true or false, got ${formatValue(value)}`);
      return value;
    case 'float':
      if (!isNumber(value)) throw new InvalidValueError(`must be a number, got ${formatValue(value)}`);
      return value;
    case 'date-time':
      return instant(value);
    default:
      return integer(value, INTEGER_RANGES[type]);
  }
}

function text(value: unknown, maxLength: number): string {
  if (typeof value !== 'string') throw new InvalidValueError(`must be a string, got ${formatValue(value)}`);
  if (value.length > maxLength) {
    throw new InvalidValueError(`has ${value.length} characters, at most ${maxLength} are allowed`);
  }
  if (value.includes('\0')) throw new InvalidValueError('must not contain the character U+0000');
  return LONE_SURROGATE.test(value) ? value.replace(LONE_SURROGATES, '\ufffd') : value;
}

// Lone surrogates are not characters; Go's decoder replaces them, too.
const LONE_SURROGATE = /\p{Surrogate}/u;
const LONE_SURROGATES = /\p{Surrogate}/gu;

function integer(value: unknown, [min, max]: readonly [number, number]): number {
  if (!isInt(value) || !isAtLeast(value, min) || !isAtMost(value, max)) {
    throw new InvalidValueError(`must be an integer from ${min} to ${max}, got ${formatValue(value)}`);
  }
  return value === 0 ? 0 : (value as number); // no negative zero
}

const YEAR_0 = Date.parse('0000-01-01T00:00:00Z');
const YEAR_10000 = Date.parse('+010000-01-01T00:00:00Z');
/** Longer than any date-time with as many decimals as clocks provide, in characters. */
const MAX_INSTANT_LENGTH = 64;
const DATE = /^(\d{4})-(\d\d)-(\d\d)/;

/**
 * Normalizes to ISO 8601 in UTC with milliseconds. Any date in year 1 means "unset"
 * (docs/reference/client-conventions.md#requests).
 */
function instant(value: unknown): string | undefined {
  if (typeof value !== 'string') throw new InvalidValueError(`must be a date-time string, got ${formatValue(value)}`);
  const match = value.length <= MAX_INSTANT_LENGTH && isRFC3339(value) ? DATE.exec(value) : null;
  if (match?.[1] === '0001') return undefined;
  const time = match && dayExists(match) ? Date.parse(value.toUpperCase().replace(' ', 'T')) : NaN;
  // In UTC, the year may have five digits or be negative: such texts sort wrongly, and Go cannot read them.
  if (!(time >= YEAR_0 && time < YEAR_10000)) {
    throw new InvalidValueError(
      `must be an RFC 3339 date-time such as 2026-01-02T03:04:05Z, got ${formatValue(value)}`,
    );
  }
  return new Date(time).toISOString();
}

/** The library checks only the form: it accepts February 30. */
function dayExists([, year, month, day]: RegExpExecArray): boolean {
  const date = new Date(Date.UTC(2000, Number(month) - 1, Number(day)));
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(month) > 0;
}

/** A value as shown in an error message: short, and never a whole object. */
export function formatValue(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const json = JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value) ?? 'nothing';
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}
