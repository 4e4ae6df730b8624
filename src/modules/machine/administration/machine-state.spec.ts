import { describe, expect, it } from 'vitest';
import { stateFrom } from './machine-state.js';

describe('stateFrom', () => {
  it.each([
    ['RESERVED', 'TAINTED'],
    ['TAINTED', 'TAINTED'],
    ['LOCKED', 'LOCKED'],
  ])('%s is stored as %s with its issuer', (name, value) => {
    expect(stateFrom(name, 'why', 'ops@example.org')).toEqual({ value, description: 'why', issuer: 'ops@example.org' });
  });

  it('makes a machine available without an issuer, and keeps what is said about it', () => {
    expect(stateFrom('', 'repaired', 'ops@example.org')).toEqual({ value: '', description: 'repaired', issuer: '' });
  });

  it.each(['BROKEN', 'locked', 'constructor'])('refuses the unknown state %s', (name) => {
    expect(() => stateFrom(name, 'why', '')).toThrow(`"${name}"`);
  });

  it('refuses to take a machine away without a reason', () => {
    expect(() => stateFrom('LOCKED', '', '')).toThrow(/description/);
  });
});
