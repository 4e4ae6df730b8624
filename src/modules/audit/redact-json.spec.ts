import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactJson } from './redact-json.js';

const ROOM = 16 * 1024;

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

describe('redactJson', () => {
  it('returns every value whose text fits', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('key', 'password', 'Auth-Key'), (value, key) => {
        const body = [value, { [key]: value, other: 'a PRIVATE KEY' }];
        const text = JSON.stringify(redactJson(body, Infinity));
        expect(JSON.stringify(redactJson(body, text.length))).toBe(text);
      }),
    ));

  it('counts secrets as they are shown', () => {
    const secret = 'x'.repeat(ROOM);
    expect(redactJson({ password: secret, user_data: [secret] }, 50)).toEqual({ password: '***', user_data: '***' });
    expect(redactJson([`${secret} PRIVATE KEY`], 10)).toEqual(['***']);
  });

  it('ignores members that have no text', () => expect(redactJson({ a: undefined, b: 1 }, 7)).toEqual({ b: 1 }));

  it('has no value for a text that is too long', () => {
    expect(redactJson({ a: 'x'.repeat(ROOM) }, ROOM)).toBeUndefined();
    expect(redactJson({ ['x'.repeat(ROOM)]: 1 }, ROOM)).toBeUndefined();
  });

  it.each<[string, (member: object) => unknown]>([
    ['a list', (member) => times(100_000, () => member)],
    ['an object', (member) => Object.fromEntries(times(100_000, (at) => [`k${at}`, member]))],
    ['lists in lists', (member) => times(1000, () => times(100, () => [member]))],
    ['objects in lists', (member) => times(1000, () => ({ a: times(100, () => ({ member })) }))],
  ])('looks at no more of %s than there is room for', (_, make) => {
    let looks = 0;
    const member = Object.defineProperty({}, 'a', { enumerable: true, get: () => ++looks });
    expect(redactJson(make(member), ROOM)).toBeUndefined();
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThan(ROOM / 2);
  });
});
