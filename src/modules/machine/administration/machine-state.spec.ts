import { describe, expect, it } from 'vitest';
import { parseMachineState } from './machine-state.js';

describe('parseMachineState', () => {
  it.each([
    ['RESERVED', 'TAINTED'],
    ['TAINTED', 'TAINTED'],
    ['LOCKED', 'LOCKED'],
  ])('%s is stored as %s with its issuer', (name, value) => {
    expect(parseMachineState(name, 'why', 'ops@example.org')).toEqual({
      value,
      description: 'why',
      issuer: 'ops@example.org',
    });
  });

  it('makes a machine available without an issuer, and keeps the description', () => {
    expect(parseMachineState('', 'repaired', 'ops@example.org')).toEqual({
      value: '',
      description: 'repaired',
      issuer: '',
    });
  });

  it.each(['BROKEN', 'locked', 'constructor'])('rejects the unknown state %s', (name) => {
    expect(() => parseMachineState(name, 'why', '')).toThrow(`"${name}"`);
  });

  it('requires a reason for taking a machine out of service', () => {
    expect(() => parseMachineState('LOCKED', '', '')).toThrow(/description/);
  });
});
