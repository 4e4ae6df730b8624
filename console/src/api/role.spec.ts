import { describe, expect, it } from 'vitest';
import { groupsOf } from '../../../src/platform/auth/role.js';
import type { Role } from './role.js';
import { includesRole, roleOf } from './groups.js';

describe('roles', () => {
  it.each<Role>(['viewer', 'editor', 'admin'])('are read from the groups that the server gives to a %s', (role) => {
    for (const group of groupsOf(role)) expect(roleOf({ Groups: ['other', group] })).toBe(role);
  });

  it('are the highest one of several, and none without a known group', () => {
    expect(roleOf({ Groups: ['maas-all-all-admin', 'maas-all-all-view'] })).toBe('admin');
    expect(roleOf({ Groups: ['k8s_kaas-view', 'maas-all-all-edit'] })).toBe('editor');
    expect(roleOf({ Groups: ['MAAS-ALL-ALL-ADMIN', 'x'] })).toBeUndefined();
  });

  it('include lower ones', () => {
    expect(includesRole('editor', 'viewer')).toBe(true);
    expect(includesRole('editor', 'admin')).toBe(false);
    expect(includesRole(undefined, 'viewer')).toBe(false);
  });
});
