import { describe, expect, it } from 'vitest';
import { newMachine } from '../machine.js';
import type { Machine, MachineClaim } from '../machine.js';
import { describeWork } from './work-in-progress.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number): string => new Date(NOW + seconds * 1000).toISOString();
const machine = (fields: Partial<Machine>): Machine => ({ ...newMachine('m', at(0)), revision: 1, ...fields });
const claim = (deadline: string, undoing = false): MachineClaim => ({
  ...{ allocation: 'a', project: 'p', role: 'machine', tags: [] },
  ...{ deadline, undoing },
});
const release = (deadline: string) => ({ id: 'r', allocation: 'a', deadline });

describe('describeWork', () => {
  it.each([
    [
      'an allocation',
      { claim: claim(at(42)) },
      /not allocated, but .* project "p" is in progress and ends within 42 s/,
    ],
    ['a fraction of a second', { claim: claim(at(0.2)) }, /ends within 1 s/],
    [
      'an allocation past its deadline',
      { claim: claim(at(-1)) },
      /not allocated, but .* was interrupted and is being undone/,
    ],
    ['an allocation at its deadline', { claim: claim(at(0)) }, /is being undone/],
    ['an allocation that is already being undone', { claim: claim(at(30), true) }, /is being undone/],
    ['a release', { release: release(at(7)) }, /is being freed, which ends within 7 s/],
    ['a release past its deadline', { release: release(at(-9)) }, /being freed, which was interrupted/],
  ])('%s', (_, fields, text) => expect(describeWork(machine(fields), NOW)).toMatch(text));

  it('returns undefined for a free machine', () => expect(describeWork(machine({}), NOW)).toBeUndefined());
});
