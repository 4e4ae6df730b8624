import { describe, expect, it } from 'vitest';
import { checkId } from './entity.js';

describe('checkId', () => {
  it.each(['a', 'ubuntu-24.04.1', 'a b', '…', 'x'.repeat(127), '...'])('takes "%s"', (id) => {
    expect(() => checkId('size', id)).not.toThrow();
  });

  it.each([
    ['', 'must not be empty'],
    ['x'.repeat(128), '128 bytes, at most 127'],
    ['é'.repeat(64), '128 bytes'],
    ['a/b', 'size id "a/b" must not'],
    ['.', 'no path could name it'],
    ['..', 'no path could name it'],
  ])('refuses "%s"', (id, message) => {
    expect(() => checkId('size', id)).toThrow(expect.objectContaining({ kind: 'malformed' }));
    expect(() => checkId('size', id)).toThrow(message);
  });
});
