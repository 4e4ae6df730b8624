import { expect, it } from 'vitest';
import { safeActionFor } from './issue-action.js';
import { ISSUE_TYPES } from './issue.js';

it('every issue has an action of its own', () => {
  const actions = ISSUE_TYPES.map(({ id }) => safeActionFor(id));
  expect(new Set(actions).size).toBe(ISSUE_TYPES.length);
});

it('an issue that does not exist has none', () => {
  expect(() => safeActionFor('no-such-issue')).toThrow('has no action');
});
