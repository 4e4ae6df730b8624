import { describe, expect, it } from 'vitest';
import { parseIdempotencyKey } from './idempotency-key.js';

describe('parseIdempotencyKey', () => {
  it.each([
    ['8e03978e-40d5-43e8-bc93-6894a57f9324', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['a', 'a'],
    ['~!#[]{}', '~!#[]{}'],
    ['k'.repeat(128), 'k'.repeat(128)],
  ])('accepts %s', (value, key) => {
    expect(parseIdempotencyKey(value)).toBe(key);
  });

  it.each([
    [''],
    ['""'],
    ['"'],
    ['k'.repeat(129)],
    ['two words'],
    ['one, two'],
    ['a"b'],
    ['a\\b'],
    ['tab\tstop'],
    ['ключ'],
    [['one', 'two']],
  ])('refuses %s', (value) => {
    expect(() => parseIdempotencyKey(value)).toThrow('Idempotency-Key is');
  });
});
