import type { LinkProps } from '@tanstack/react-router';
import type { Role } from '../api/role.js';

export interface NavigationItem {
  readonly label: string;
  readonly to: NonNullable<LinkProps['to']>;
  /** Who may use the page. */
  readonly role: Role;
}

/** The pages in the menu, in its order. */
export const NAVIGATION: readonly NavigationItem[] = [
  { label: 'Fleet', to: '/', role: 'viewer' },
  { label: 'Allocate', to: '/allocate', role: 'editor' },
  { label: 'Networks', to: '/networks', role: 'viewer' },
  { label: 'Switches', to: '/switches', role: 'viewer' },
  { label: 'Catalogue', to: '/catalogue', role: 'viewer' },
  { label: 'Journal', to: '/journal', role: 'viewer' },
  { label: 'Audit trail', to: '/audit', role: 'viewer' },
  { label: 'Consistency', to: '/fsck', role: 'viewer' },
  { label: 'Health', to: '/health', role: 'viewer' },
  { label: 'API tokens', to: '/tokens', role: 'admin' },
];
