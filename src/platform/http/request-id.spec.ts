import { describe, expect, it } from 'vitest';
import { requestId } from './request-id.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const made = (count: number): string[] => Array.from({ length: count }, () => requestId({ headers: {} }));

describe('requestId', () => {
  it('is a UUID of version 7 of the current time', () => {
    const before = Date.now();
    const [id] = made(1);
    expect(id).toMatch(UUID_V7);
    const time = parseInt(id!.slice(0, 8) + id!.slice(9, 13), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  it('never repeats, even if more are made in a millisecond than the counter has values', () => {
    const ids = made(100_000);
    expect(new Set(ids).size).toBe(100_000);
    expect(ids.filter((id) => !UUID_V7.test(id))).toEqual([]);
  });

  it('has another random part in each millisecond', async () => {
    const [first] = made(1);
    await new Promise((resolve) => setTimeout(resolve, 3));
    const [second] = made(1);
    expect(second!.slice(18)).not.toBe(first!.slice(18));
    expect(second! > first!).toBe(true);
  });

  it.each(['abc', 'a'.repeat(128), '!~'])('is the one that the caller sent: %s', (id) => {
    expect(requestId({ headers: { 'x-request-id': id } })).toBe(id);
  });

  it.each(['', 'a b', 'ä', 'a'.repeat(129), 'a\nb'])('is a new one if the caller sent %j', (id) => {
    expect(requestId({ headers: { 'x-request-id': id } })).toMatch(UUID_V7);
  });
});
