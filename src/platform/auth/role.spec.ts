import { describe, expect, it } from 'vitest';
import { DomainError } from '../../shared/errors/domain-error.js';
import { groupsOf, hasRole, isRole, requireRole } from './role.js';
import { GUEST } from './user.js';
import type { User } from './user.js';

const memberOf = (...groups: string[]): User => ({ ...GUEST, groups });

describe('roles', () => {
  it.each([
    ['viewer', [true, false, false]],
    ['editor', [true, true, false]],
    ['admin', [true, true, true]],
  ] as const)('%s includes all lower roles', (role, expected) => {
    for (const group of groupsOf(role)) {
      const user = memberOf(group);
      expect([hasRole(user, 'viewer'), hasRole(user, 'editor'), hasRole(user, 'admin')]).toEqual(expected);
    }
  });

  it('compares group names exactly', () => {
    expect(hasRole(memberOf('MAAS-all-all-admin', 'maas-ddd#all-all-admin', 'maas-all-all-adminx'), 'viewer')).toBe(
      false,
    );
    expect(hasRole(GUEST, 'viewer')).toBe(false);
  });

  it('names the accepted groups in refusals', () => {
    const refusal = () => requireRole(memberOf('maas-all-all-view'), 'editor');
    expect(refusal).toThrow(DomainError);
    expect(refusal).toThrow(
      'you are not member in one of [k8s_kaas-edit maas-all-all-edit k8s_kaas-admin maas-all-all-admin]',
    );
    expect(() => requireRole(GUEST, 'viewer')).toThrow(
      '[k8s_kaas-view maas-all-all-view k8s_kaas-edit maas-all-all-edit k8s_kaas-admin maas-all-all-admin]',
    );
  });

  it('recognizes names of roles, but no inherited properties', () => {
    expect(['viewer', 'root', 'toString', 3, undefined].map(isRole)).toEqual([true, false, false, false, false]);
  });
});
