import { describe, expect, it } from 'vitest';
import { canonicalUuid } from '../../shared/spelling.js';
import {
  createdId,
  failed,
  fingerprintOf,
  firstAttempt,
  idOfCall,
  isExpired,
  isInterrupted,
  KEPT_MS,
  nextAttempt,
  succeeded,
} from './keyed-request.js';
import type { KeyedCall, KeyedRequest } from './keyed-request.js';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');
const call: KeyedCall = { caller: 'a', key: 'k', method: 'POST', url: '/v1/ip/allocate', body: Buffer.from('{}') };
const first: KeyedRequest = { ...firstAttempt(call, 'one', NOW, 60_000), revision: 1 };

describe('the identity of a keyed request', () => {
  it('depends on caller and key alone', () => {
    expect(idOfCall({ ...call, method: 'PUT', url: '/', body: undefined })).toBe(idOfCall(call));
    expect(idOfCall({ ...call, caller: 'b' })).not.toBe(idOfCall(call));
    expect(idOfCall({ ...call, caller: 'ak', key: '' })).not.toBe(idOfCall({ ...call, caller: 'a', key: 'k' }));
  });

  it.each<[string, Partial<KeyedCall>]>([
    ['method', { method: 'PUT' }],
    ['path', { url: '/v1/ip/allocate/10.0.0.1' }],
    ['query', { url: '/v1/ip/allocate?force=true' }],
    ['body', { body: Buffer.from('{ }') }],
    ['absent body', { body: undefined }],
  ])('is compared by its %s', (_, other) => {
    expect(fingerprintOf({ ...call, ...other })).not.toBe(fingerprintOf(call));
  });

  it('gives each execution a UUID of its own, always the same', () => {
    const ids = [1, 2, 3, 11].map((attempt) => createdId(first.id, attempt));
    expect(new Set(ids).size).toBe(4);
    expect(createdId(first.id, 2)).toBe(ids[1]);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const id of ids) expect(canonicalUuid(id)).toBe(id);
  });
});

describe('executions of a keyed request', () => {
  it('end only by their own outcome', () => {
    const second = nextAttempt(first, 'two', NOW, 60_000);
    expect(succeeded(second, 1, 201, '{}')).toBe(second);
    expect(failed(second, 1)).toBe(second);
    expect(succeeded(second, 2, 201, '{}')).toMatchObject({ state: 'succeeded', status: 201, answer: '{}' });
    expect(failed(second, 2)).toMatchObject({ state: 'failed', attempt: 2 });
  });

  it('keep their outcome', () => {
    const done = succeeded(first, 1, 201, '{}');
    expect(failed(done, 1)).toBe(done);
    expect(succeeded(done, 1, 200, '')).toBe(done);
  });

  it('are interrupted when their process has ended, or their lease', () => {
    const shared = { id: 'two', isAlone: false };
    expect(isInterrupted(first, shared, NOW + 59_999)).toBe(false);
    expect(isInterrupted(first, shared, NOW + 60_000)).toBe(true);
    expect(isInterrupted(first, { id: 'one', isAlone: false }, NOW)).toBe(true);
    expect(isInterrupted(first, { id: 'two', isAlone: true }, NOW)).toBe(true);
  });

  it('are forgotten after 24 hours', () => {
    expect(isExpired(first, NOW + KEPT_MS - 1)).toBe(false);
    expect(isExpired(first, NOW + KEPT_MS)).toBe(true);
  });
});
