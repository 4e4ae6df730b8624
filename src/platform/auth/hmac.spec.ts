import { describe, expect, it } from 'vitest';
import { hmacHeaders, signHmac } from './hmac.js';
import { formatSecond, parseSecond } from './rfc3339.js';

const SALT = 'abcdefghijklmnopqrstuvwx';
const DATE = '2026-01-02T03:04:05Z';

describe('signHmac', () => {
  // The test vectors of docs/reference/authentication.md#hmac-scheme.
  it.each([
    ['metal-admin', DATE, 'GET', SALT, '28af823639826b71ac374adacdf86683541cb9ded7b0f52aa266bdf2d3d6581e'],
    ['metal-admin', DATE, 'POST', SALT, '9d02121681f8ed232b1b46b4981d7d38db370a5aba6861fba208d617da0f8443'],
    [
      'metal-edit',
      DATE,
      'DELETE',
      SALT.toUpperCase(),
      '4e5b39fb283d2593b5a27512592181d4f45a8d0f2461825d32a73785c5c035de',
    ],
    [
      'metal-view',
      '2021-01-20T10:48:19Z',
      'GET',
      'z'.repeat(24),
      'fa2c2d00100a39259d6d3b5f5606a533e51d20bd524215d9731c7f86e1ba2d66',
    ],
    [
      'must-be-changed',
      DATE,
      'PUT',
      'salt'.repeat(6),
      '6c9344d0b077cf40899dd9f5f74b7cfe05034760c27335fb7c3afc9f45d6a572',
    ],
    ['metal-view', DATE, 'GET', '', '966c48004b0a4d4686c26769e6fc147db46c95027d8c0f86a9b1ca003c64641b'],
    [
      Buffer.from([1, 2, 3]),
      '2019-01-16T14:44:45Z',
      'GET',
      '\x01\x02\x03\x04\x05\x06',
      'f8d293a06bdde899a5bd1dd61b13842564650c717c742db02c4e1a888fc22501',
    ],
    [
      '4Rahs0WnJ4rJE8ZiwiLec62z',
      DATE,
      'GRPC',
      SALT,
      '222a57999bbd7fa5909ecf238262f46441016b56d2ec1b8f0c37693ad9eb7c7d',
    ],
  ])('%s %s %s %j', (key, date, method, salt, mac) => expect(signHmac(key, { date, method, salt })).toBe(mac));
});

describe('hmacHeaders', () => {
  it('signs like the Go client, with a fresh salt per request', () => {
    const now = Date.parse(DATE) + 900;
    const [first, second] = [hmacHeaders('Metal-Edit', 'k', 'post', now), hmacHeaders('Metal-Edit', 'k', 'post', now)];
    expect(first['X-Date']).toBe(DATE);
    expect(first['X-Data-Salt']).toMatch(/^[a-zA-Z]{24}$/);
    expect(first['X-Data-Salt']).not.toBe(second['X-Data-Salt']);
    const mac = signHmac('k', { date: DATE, method: 'POST', salt: first['X-Data-Salt']! });
    expect(first['Authorization']).toBe(`Metal-Edit ${mac}`);
  });
});

describe('parseSecond', () => {
  it.each([
    ['2026-01-02T03:04:05Z', DATE],
    ['2026-01-02T04:04:05.9+01:00', DATE],
    ['2026-01-01T21:34:05.123456789-05:30', DATE],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
  ])('normalizes %s to %s', (text, signed) => expect(formatSecond(parseSecond(text)!)).toBe(signed));

  it.each([
    '',
    '2026-01-02',
    '2026-01-02T03:04:05',
    '2026-01-02 03:04:05Z',
    '2026-01-02t03:04:05z',
    '2026-02-30T03:04:05Z',
    '2026-13-01T03:04:05Z',
    '2026-01-02T24:00:00Z',
    '2026-01-02T03:04:60Z',
    '2026-01-02T03:04:05+0100',
    'Fri, 02 Jan 2026 03:04:05 GMT',
    '2026-01-02T03:04:05Z, 2026-01-02T03:04:05Z',
    '1767323045',
  ])('rejects %j', (text) => expect(parseSecond(text)).toBeUndefined());
});
