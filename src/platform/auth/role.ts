import { forbidden } from './forbidden.js';
import type { User } from './user.js';

/**
 * Cumulative roles: an admin may do what an editor may do, an editor what a viewer may do
 * (docs/reference/authentication.md#roles).
 */
export type Role = 'viewer' | 'editor' | 'admin';

/** The groups of each role: the legacy name, which the HMAC users still have, and the one of today's directories. */
const OWN_GROUPS: Readonly<Record<Role, readonly [legacy: string, current: string]>> = {
  viewer: ['k8s_kaas-view', 'maas-all-all-view'],
  editor: ['k8s_kaas-edit', 'maas-all-all-edit'],
  admin: ['k8s_kaas-admin', 'maas-all-all-admin'],
};

/** Groups that grant a role, in the order in which refusals list them. */
const ACCEPTED_GROUPS: Readonly<Record<Role, readonly string[]>> = {
  viewer: [...OWN_GROUPS.viewer, ...OWN_GROUPS.editor, ...OWN_GROUPS.admin],
  editor: [...OWN_GROUPS.editor, ...OWN_GROUPS.admin],
  admin: OWN_GROUPS.admin,
};

/** The groups of a principal that has exactly this role. */
export const groupsOf = (role: Role): readonly string[] => OWN_GROUPS[role];

/** True for the name of a role. */
export const isRole = (text: unknown): text is Role => typeof text === 'string' && Object.hasOwn(OWN_GROUPS, text);

/** True if one of the user's groups grants the role; names are case-sensitive. */
export function hasRole(user: User, role: Role): boolean {
  return user.groups.some((group) => ACCEPTED_GROUPS[role].includes(group));
}

/** Throws `forbidden`, listing the accepted groups, if the user does not have the role. */
export function requireRole(user: User, role: Role): void {
  if (hasRole(user, role)) return;
  throw forbidden(`you are not member in one of [${ACCEPTED_GROUPS[role].join(' ')}]`);
}

/**
 * Requires role viewer of callers who ask about a project, on routes that serve any authenticated user: their outlines name
 * no project, and a search by project would reveal which ones exist. Throws `forbidden`.
 */
export function requireRoleForProject(user: User, project: string | undefined): void {
  if (project !== undefined && project !== '') requireRole(user, 'viewer');
}
