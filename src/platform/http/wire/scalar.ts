import { isBoolean, isInt, isNumber, isRFC3339, max as isAtMost, min as isAtLeast } from 'class-validator';
import type { Scalar } from './field.js';
import { MAX_LENGTH } from './limits.js';

/** Why a value does not fit; the caller adds the field's path. */
export class Misfit extends Error {}

const MAX_SAFE = Number.MAX_SAFE_INTEGER;

/**
 * Bounds of the integer types. 64-bit ones are bounded by what a JSON number carries exactly, except durations: that
 * would be 104 days, and nobody counts the nanoseconds of a year.
 */
const RANGES = {
  int: [-MAX_SAFE, MAX_SAFE],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-MAX_SAFE, MAX_SAFE],
  uint64: [0, MAX_SAFE],
  byte: [0, 255],
  duration: [-(2 ** 63), 2 ** 63],
} as const;

/**
 * Checks one JSON value against a scalar type; `undefined` means "not given". Texts have at most `maxLength` characters.
 * Throws Misfit.
 */
export function decodeScalar(type: Scalar, value: unknown, maxLength = MAX_LENGTH): unknown {
  switch (type) {
    case 'string':
      return text(value, maxLength);
    case 'boolean':
      if (!isBoolean(value)) throw new Misfit(`must be true or false, got ${show(value)}`);
      return value;
    case 'float':
      if (!isNumber(value)) throw new Misfit(`must be a number, got ${show(value)}`);
      return value;
    case 'date-time':
      return instant(value);
    default:
      return integer(value, RANGES[type]);
  }
}

function text(value: unknown, maxLength: number): string {
  if (typeof value !== 'string') throw new Misfit(`must be a string, got ${show(value)}`);
  if (value.length > maxLength) {
    throw new Misfit(`has ${value.length} characters, at most ${maxLength} are allowed`);
  }
  if (value.includes('\0')) throw new Misfit('must not contain the character U+0000');
  return LONE_SURROGATE.test(value) ? value.replace(LONE_SURROGATES, '\ufffd') : value;
}

// Without a partner these are no characters; Go's decoder replaces them too.
const LONE_SURROGATE = /\p{Surrogate}/u;
const LONE_SURROGATES = /\p{Surrogate}/gu;

function integer(value: unknown, [min, max]: readonly [number, number]): number {
  if (!isInt(value) || !isAtLeast(value, min) || !isAtMost(value, max)) {
    throw new Misfit(`must be an integer from ${min} to ${max}, got ${show(value)}`);
  }
  return value === 0 ? 0 : (value as number); // no negative zero
}

const YEAR_0 = Date.parse('0000-01-01T00:00:00Z');
const YEAR_10000 = Date.parse('+010000-01-01T00:00:00Z');
/** Longer than any date-time with as many decimals as a clock may tell. */
const MAX_INSTANT_LENGTH = 64;
const DATE = /^(\d{4})-(\d\d)-(\d\d)/;

/** ISO text in UTC with milliseconds. Every instant of year 1 stands for "unset" (reference/50 §1.3). */
function instant(value: unknown): string | undefined {
  if (typeof value !== 'string') throw new Misfit(`must be a date-time string, got ${show(value)}`);
  const match = value.length <= MAX_INSTANT_LENGTH && isRFC3339(value) ? DATE.exec(value) : null;
  if (match?.[1] === '0001') return undefined;
  const time = match && dayExists(match) ? Date.parse(value.toUpperCase().replace(' ', 'T')) : NaN;
  // In UTC it may be in a year of five digits, or before year 0: such texts sort wrongly, and Go cannot read them.
  if (!(time >= YEAR_0 && time < YEAR_10000)) {
    throw new Misfit(`must be an RFC 3339 date-time such as 2026-01-02T03:04:05Z, got ${show(value)}`);
  }
  return new Date(time).toISOString();
}

/** The library checks the form only: it takes a 30th of February. */
function dayExists([, year, month, day]: RegExpExecArray): boolean {
  const date = new Date(Date.UTC(2000, Number(month) - 1, Number(day)));
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(month) > 0;
}

/** A value as an error message may show it: short, and never a whole object. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const json = JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value) ?? 'nothing';
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}
