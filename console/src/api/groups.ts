import type { User } from './types.js';

/** Cumulative: an admin may do what an editor may, an editor what a viewer may. */
export type Role = 'viewer' | 'editor' | 'admin';

const RANKS: readonly Role[] = ['viewer', 'editor', 'admin'];

/** The groups that grant each role (docs/reference/authentication.md#roles). */
const GROUPS: Readonly<Record<Role, readonly string[]>> = {
  viewer: ['k8s_kaas-view', 'maas-all-all-view'],
  editor: ['k8s_kaas-edit', 'maas-all-all-edit'],
  admin: ['k8s_kaas-admin', 'maas-all-all-admin'],
};

/** The highest role that the groups of a user grant. */
export const roleOf = ({ Groups }: Pick<User, 'Groups'>): Role | undefined =>
  RANKS.findLast((role) => GROUPS[role].some((group) => Groups.includes(group)));

export const includesRole = (has: Role | undefined, wanted: Role): boolean =>
  has !== undefined && RANKS.indexOf(has) >= RANKS.indexOf(wanted);
