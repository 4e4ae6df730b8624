/** Cumulative roles: an admin may do what an editor may, an editor what a viewer may (reference/40 §2.4). */
export type Role = 'viewer' | 'editor' | 'admin';
