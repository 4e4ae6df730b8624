import { describe, expect, it } from 'vitest';
import { randomNonce } from './random-nonce.js';

describe('randomNonce', () => {
  it('returns the requested number of bytes, and never the same bytes twice', () => {
    const nonces = Array.from({ length: 2000 }, () => randomNonce(12));
    expect(nonces.every(({ length }) => length === 12)).toBe(true);
    expect(new Set(nonces.map((nonce) => nonce.toString('hex'))).size).toBe(2000);
  });

  it('leaves bytes alone that it has returned', () => {
    const first = randomNonce(9);
    const before = first.toString('hex');
    for (let i = 0; i < 2000; i += 1) randomNonce(9);
    expect(first.toString('hex')).toBe(before);
  });
});
