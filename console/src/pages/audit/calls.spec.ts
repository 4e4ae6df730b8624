import { describe, expect, it } from 'vitest';
import { callsOf } from './calls.js';

describe('audited calls', () => {
  it('join request and response', () => {
    const [one, ...others] = callsOf([
      { call_id: 'a', phase: 'request', user: 'u', path: '/v1/x', timestamp: '1', body: '{}' },
      { call_id: 'b', phase: 'request', user: 'v', timestamp: '2' },
      { call_id: 'a', phase: 'response', user: 'u', timestamp: '3', status_code: 409, error: 'no' },
      { phase: 'single', user: 'w', timestamp: '4', body: '{"calls":3}' },
    ]);
    expect(one).toMatchObject({ id: 'a', time: '1', status: 409, isOpen: false, request: { body: '{}' } });
    expect(one!.response?.error).toBe('no');
    expect(others.map(({ user, isOpen, status }) => [user, isOpen, status])).toEqual([
      ['v', true, undefined],
      ['w', false, undefined],
    ]);
  });
});
