import { expect, it } from 'vitest';
import { deepFreeze } from './deep-freeze.js';

it('freezes what is inside, but for bytes and what is frozen already', () => {
  const loop: { self?: object } = {};
  loop.self = loop;
  const bytes = Buffer.from('x');
  const inner = { list: [{ n: 1 }] };
  const value = { inner, loop, bytes, text: 'x', nothing: null };
  expect(deepFreeze(value)).toBe(value);
  for (const part of [value, inner, inner.list, inner.list[0], loop]) expect(Object.isFrozen(part)).toBe(true);
  bytes[0] = 0;
  expect(bytes[0]).toBe(0);
  expect(deepFreeze(1)).toBe(1);
});
