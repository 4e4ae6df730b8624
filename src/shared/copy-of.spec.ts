import { expect, it } from 'vitest';
import { copyOf } from './copy-of.js';

it('copies the members, and no more than them', () => {
  const inner = {};
  const original = Object.freeze({ a: 1, inner, none: undefined });
  const copy = copyOf(original);
  expect(copy).toStrictEqual(original);
  expect(copy.inner).toBe(inner);
  expect(Object.isFrozen(copy)).toBe(false);
});

it('copies a member whose name is that of the prototype', () => {
  const original = JSON.parse('{"__proto__":{"a":1},"b":2}') as object;
  expect(JSON.stringify(copyOf(original))).toBe('{"__proto__":{"a":1},"b":2}');
  expect(Object.getPrototypeOf(copyOf(original))).toBe(Object.prototype);
});
