import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeToken, BrokerNames, parseSubject, unescapeToken } from './subjects.js';

describe('BrokerNames', () => {
  it('keeps ids that are valid tokens, and escapes others', () => {
    expect(new BrokerNames().command('fra-equ01', '5b0c4e9e-1d2f-4b53-9a64-1f6f0c6f8b7a')).toBe(
      'metal.command.fra-equ01.5b0c4e9e-1d2f-4b53-9a64-1f6f0c6f8b7a',
    );
    expect(escapeToken('a.b c*>/=ä')).toBe('a=2Eb=20c=2A=3E=2F=3D=C3=A4');
  });

  it('converts any id to one token, reversibly', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(id, id, (partition, machine) => {
        const subject = new BrokerNames().command(partition, machine);
        expect(subject).toMatch(/^metal\.command\.[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]+$/);
        expect(parseSubject(subject)).toEqual({ partition, machine });
        expect(unescapeToken(escapeToken(machine))).toBe(machine);
      }),
    );
  });
});
