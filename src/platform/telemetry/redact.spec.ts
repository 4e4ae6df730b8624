import { describe, expect, it } from 'vitest';
import { redact } from './redact.js';

describe('redact', () => {
  it('blanks secrets in any spelling, at any depth that is shown', () =>
    expect(
      redact({
        Password: 'a',
        ipmi: { 'console-password': 'b', user: 'u' },
        list: [{ user_data: 'c' }, { authKey: 'd' }],
      }),
    ).toEqual({
      Password: '***',
      ipmi: { 'console-password': '***', user: 'u' },
      list: [{ user_data: '***' }, { authKey: '***' }],
    }));

  it('leaves the rest as it is, and its input untouched', () => {
    const line = { id: 'a', nested: { keyboard: 'k' }, when: new Date(0) };
    expect(redact(line)).toEqual(line);
    const secret = { inner: { password: 'p' } };
    redact(secret);
    expect(secret.inner.password).toBe('p');
  });

  it('shows no secret below the depth it looks at, and survives cycles', () => {
    const cycle: Record<string, unknown> = { a: { b: { c: { d: { e: { password: 'deep' } } } } } };
    cycle['self'] = cycle;
    expect(JSON.stringify(redact(cycle))).not.toContain('deep');
  });
});
