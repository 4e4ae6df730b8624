import { beforeEach, describe, expect, it } from 'vitest';
import { creates, IdempotencyKeys } from './idempotency-keys.js';

let now = 0;
let keys: IdempotencyKeys;
beforeEach(() => {
  now = 0;
  let made = 0;
  keys = new IdempotencyKeys(
    () => now,
    () => `key-${++made}`,
  );
});

describe('an idempotency key', () => {
  it.each([0, 408, 429, 502, 503, 504])('is kept for the next attempt after %i', (status) => {
    const key = keys.of('POST x {}');
    keys.answered('POST x {}', key, status);
    expect(keys.of('POST x {}')).toBe(key);
  });

  it.each([200, 201, 400, 403, 404, 409, 422, 500])('is not used again after %i', (status) => {
    const key = keys.of('POST x {}');
    keys.answered('POST x {}', key, status);
    expect(keys.of('POST x {}')).not.toBe(key);
  });

  it('belongs to one request', () => {
    expect(keys.of('POST x {"a":1}')).not.toBe(keys.of('POST x {"a":2}'));
  });

  it('is shared by a request and its repetition while both are in progress', () => {
    expect(keys.of('POST x {}')).toBe(keys.of('POST x {}'));
  });

  it('is forgotten when the user has given up', () => {
    const key = keys.of('POST x {}');
    now = 10 * 60_000;
    expect(keys.of('POST x {}')).not.toBe(key);
  });

  it('is not ended by the late answer to an earlier action', () => {
    const first = keys.of('POST x {}');
    now = 10 * 60_000;
    const second = keys.of('POST x {}');
    keys.answered('POST x {}', first, 200);
    expect(keys.of('POST x {}')).toBe(second);
  });

  it('is acceptable for the server', () => {
    const own = new IdempotencyKeys();
    expect(own.of('a')).toMatch(/^[0-9a-f]{32}$/);
    expect(own.of('a')).not.toBe(own.of('b'));
  });
});

describe('a request that creates', () => {
  it.each([
    ['put', 'v1/network'],
    ['post', 'v1/network/allocate'],
    ['post', 'v1/ip/allocate/192.0.2.1'],
    ['post', 'v1/machine/allocate'],
    ['post', 'v1/firewall/allocate'],
  ])('is %s %s', (method, path) => expect(creates(method, path)).toBe(true));

  it.each([
    ['get', 'v1/network'],
    ['post', 'v1/network'],
    ['post', 'allocation/explain'],
    ['delete', 'v1/ip/free/192.0.2.1'],
    ['post', 'v1/machine/find'],
  ])('is not %s %s', (method, path) => expect(creates(method, path)).toBe(false));
});
