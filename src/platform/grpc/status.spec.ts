import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { malformed } from '../../shared/errors/domain-error.js';
import { statusOf } from './status.js';

describe('statusOf', () => {
  it.each([
    ['a lone surrogate at the end', `uuid "${'😀'.repeat(8).slice(0, 15)}"`],
    ['a low surrogate alone', '😀'.slice(1)],
    ['surrogates in the wrong order', '\udc00\ud800'],
    ['a surrogate between letters', 'a\ud83db'],
    ['a character split by truncation', `${'x'.repeat(799)}😀`],
  ])('returns details that can be sent: %s', (_, text) => {
    const { code, details } = statusOf(malformed(text));
    expect(code).toBe(status.INVALID_ARGUMENT);
    expect(() => encodeURI(details)).not.toThrow();
  });

  it('returns short details that can be sent for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 2000 }),
        (text) => {
          const { details } = statusOf(malformed(text));
          expect(encodeURI(details).length).toBeLessThan(8 * 1024);
        },
      ),
    );
  });

  it('keeps complete characters', () => {
    expect(statusOf(malformed('größe 😀')).details).toBe('größe 😀');
  });
});
