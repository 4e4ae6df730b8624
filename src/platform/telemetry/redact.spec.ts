import { describe, expect, it } from 'vitest';
import { redactLine } from './redact.js';

describe('redactLine', () => {
  it('blanks secrets in any spelling, at any depth that is output', () =>
    expect(
      redactLine({
        Password: 'a',
        ipmi: { 'console-password': 'b', user: 'u' },
        list: [{ user_data: 'c' }, { authKey: 'd' }],
      }),
    ).toEqual({
      Password: '***',
      ipmi: { 'console-password': '***', user: 'u' },
      list: [{ user_data: '***' }, { authKey: '***' }],
    }));

  it('keeps all other values, and does not modify its input', () => {
    const line = { id: 'a', nested: { keyboard: 'k' }, when: new Date(0) };
    expect(redactLine(line)).toEqual(line);
    const secret = { inner: { password: 'p' } };
    redactLine(secret);
    expect(secret.inner.password).toBe('p');
  });

  it('omits everything below its maximum depth, and supports cycles', () => {
    const cycle: Record<string, unknown> = { a: { b: { c: { d: { e: { password: 'deep' } } } } } };
    cycle['self'] = cycle;
    expect(JSON.stringify(redactLine(cycle))).not.toContain('deep');
  });
});
