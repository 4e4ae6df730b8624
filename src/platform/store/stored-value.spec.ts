import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedValue } from './stored-value.js';

const viaJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const stored = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => viaJson(value) as Record<string, unknown>);

const anything = fc.anything({ withDate: true, withNullPrototype: true, withMap: true, withSet: true });

describe('the stored value', () => {
  it('equals the JSON value of any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anything), (content) => {
        expect(storedValue(content)).toStrictEqual(viaJson(content));
      }),
    );
  });

  it('does not depend on the value that it replaces', () => {
    fc.assert(
      fc.property(stored, anything, fc.string(), (before, member, name) => {
        const change = { ...before, [name]: member };
        expect(storedValue(change, before)).toStrictEqual(viaJson(change));
      }),
    );
  });

  it.each([
    ['members without a value', { a: undefined, b: 1 }],
    ['functions and symbols', { a: () => 1, b: Symbol('b'), c: [() => 1, undefined] }],
    ['a date', { at: new Date(0) }],
    ['numbers that JSON does not have', { a: Number.NaN, b: -0, c: Number.POSITIVE_INFINITY, d: [Number.NaN, -0] }],
    ['a member called __proto__', JSON.parse('{"__proto__":{"a":[1]},"b":2}')],
    ['an array with gaps', Object.assign(Array<string>(3), { 1: 'x' })],
    ['an object without prototype', Object.assign(Object.create(null) as object, { a: { b: [] } })],
    ['an object that defines its JSON', { a: { toJSON: () => ({ b: 1 }) } }],
    ['a sparse array', { a: Array(3) }],
  ])('has the JSON value of %s', (_, content) => {
    expect(JSON.stringify(storedValue(content, {}))).toBe(JSON.stringify(content));
    expect(storedValue(content, {})).toStrictEqual(viaJson(content));
  });

  it('takes over unchanged members and elements, at any position', () => {
    const before = { list: [{ a: 1 }, { a: 2 }], part: { deep: { b: 1 }, other: 1 }, text: 'x' };
    const change = { list: [{ a: 0 }, ...before.list], part: { deep: before.part.deep, other: 2 }, text: 'y' };
    const after = storedValue(change, before) as typeof before;
    expect(after).toStrictEqual(change);
    expect(after.list[1]).toBe(before.list[0]);
    expect(after.list[2]).toBe(before.list[1]);
    expect(after.part.deep).toBe(before.part.deep);
  });

  it('never takes over objects of the caller', () => {
    const part = { a: [{}] };
    const content = { part, list: [part] };
    const copy = storedValue(content, { part: { a: [{}] }, list: [{}] }) as typeof content;
    expect(copy).not.toBe(content);
    expect(copy.part).not.toBe(part);
    expect(copy.part.a).not.toBe(part.a);
    expect(copy.part.a[0]).not.toBe(part.a[0]);
    expect(copy.list[0]).not.toBe(part);
  });

  it.each([[{ a: 1n }], [{ a: [1n] }]])('refuses what JSON cannot express: %o', (content) => {
    expect(() => storedValue(content)).toThrow(TypeError);
  });
});
