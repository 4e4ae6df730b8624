import { describe, expect, it } from 'vitest';
import { checkId, checkTags } from './entity.js';

describe('checkId', () => {
  it.each(['a', 'ubuntu-24.04.1', 'a b', '…', 'x'.repeat(127), '...', 'caf\u00e9'])('accepts "%s"', (id) => {
    expect(() => checkId('size', id)).not.toThrow();
  });

  it.each([
    ['', 'must not be empty'],
    ['x'.repeat(128), '128 bytes, at most 127'],
    ['é'.repeat(64), '128 bytes'],
    ['a/b', 'size id "a/b" must not'],
    ['.', 'no URL path could address it'],
    ['..', 'no URL path could address it'],
    ['a\tb', 'size id "a\\u0009b" must not contain control characters'],
    ['a\u0085', 'control characters'],
    ['\u001b[2J', 'control characters'],
    ['fra\u202e', 'invisible'],
    ['c1\u200bxlarge', 'invisible'],
    ['a\ufffd', 'invisible'],
    ['\0', 'control characters'],
    ['__proto__', 'must not be __proto__, constructor, prototype'],
    ['constructor', 'must not be __proto__'],
    ['prototype', 'must not be __proto__'],
    [' a', 'size id " a" must not begin or end with a blank'],
    ['a ', 'must not begin or end with a blank'],
    ['a\u00a0', 'must not begin or end with a blank'],
    ['\u3000a', 'must not begin or end with a blank'],
    ['a\u2007', 'must not begin or end with a blank'],
    [' ', 'must not begin or end with a blank'],
    ['cafe\u0301', 'must be in the composed form'],
    ['\u212bngstrom', 'must be in the composed form'],
  ])('refuses "%s"', (id, message) => {
    expect(() => checkId('size', id)).toThrow(expect.objectContaining({ kind: 'malformed' }));
    expect(() => checkId('size', id)).toThrow(message);
  });
});

describe('checkTags', () => {
  it.each(['plain', 'key=value', 'key=', 'a.b/c=d=e', 'key=two\nlines', '', '=x', 'übung=1'])('accepts %j', (tag) => {
    expect(() => checkTags('tags', ['first', tag])).not.toThrow();
  });

  it.each(['__proto__=1', 'constructor', 'prototype=', 'a\0=1', 'k\u001b[0m=1', '\u200f=x', 'a\nb'])(
    'rejects %j',
    (tag) => {
      expect(() => checkTags('tags', ['first', tag])).toThrow(expect.objectContaining({ kind: 'malformed' }));
      expect(() => checkTags('tags', ['first', tag])).toThrow('tags[1]: the key of a tag');
    },
  );
});
