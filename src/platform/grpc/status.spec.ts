import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { malformed } from '../../shared/errors/domain-error.js';
import { statusOf } from './status.js';

describe('the details of a status', () => {
  it.each([
    ['half a character at the end', `uuid "${'😀'.repeat(8).slice(0, 15)}"`],
    ['the second half alone', '😀'.slice(1)],
    ['halves in the wrong order', '\udc00\ud800'],
    ['a half between letters', 'a\ud83db'],
    ['a cut that hits a character', `${'x'.repeat(799)}😀`],
  ])('can be sent: %s', (_, text) => {
    const { code, details } = statusOf(malformed(text));
    expect(code).toBe(status.INVALID_ARGUMENT);
    expect(() => encodeURI(details)).not.toThrow();
  });

  it('can be sent whatever the text, and stay short', () => {
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

  it('keep whole characters', () => {
    expect(statusOf(malformed('größe 😀')).details).toBe('größe 😀');
  });
});
