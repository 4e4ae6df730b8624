import { forbidden } from './forbidden.js';
import type { User } from './user.js';

/** Cumulative roles: an admin may do what an editor may, an editor what a viewer may (reference/40 §2.4). */
export type Role = 'viewer' | 'editor' | 'admin';

/** The groups behind one role: those of today's directories, and the legacy name that the HMAC users still carry. */
const OWN_GROUPS: Readonly<Record<Role, readonly [legacy: string, current: string]>> = {
  viewer: ['k8s_kaas-view', 'maas-all-all-view'],
  editor: ['k8s_kaas-edit', 'maas-all-all-edit'],
  admin: ['k8s_kaas-admin', 'maas-all-all-admin'],
};

/** Groups that grant a role, in the order in which the refusal names them. */
const ACCEPTED_GROUPS: Readonly<Record<Role, readonly string[]>> = {
  viewer: [...OWN_GROUPS.viewer, ...OWN_GROUPS.editor, ...OWN_GROUPS.admin],
  editor: [...OWN_GROUPS.editor, ...OWN_GROUPS.admin],
  admin: OWN_GROUPS.admin,
};

/** The groups of a principal that holds exactly this role. */
export const groupsOf = (role: Role): readonly string[] => OWN_GROUPS[role];

/** True for the name of a role. */
export const isRole = (text: unknown): text is Role => typeof text === 'string' && Object.hasOwn(OWN_GROUPS, text);

/** True when one of the user's groups grants the role; names are compared exactly, case included. */
export function hasRole(user: User, role: Role): boolean {
  return user.groups.some((group) => ACCEPTED_GROUPS[role].includes(group));
}

/** Throws `forbidden`, naming the accepted groups, when the user does not hold the role. */
export function requireRole(user: User, role: Role): void {
  if (hasRole(user, role)) return;
  throw forbidden(`you are not member in one of [${ACCEPTED_GROUPS[role].join(' ')}]`);
}
