export const TABS = [
  'partitions',
  'images',
  'sizes',
  'constraints',
  'reservations',
  'layouts',
  'projects',
  'tenants',
] as const;
export type Tab = (typeof TABS)[number];

/** The part of the catalogue that its address keeps. */
export interface CatalogueSearch {
  readonly tab?: Tab;
}

export const catalogueSearch = ({ tab }: Record<string, unknown>): CatalogueSearch =>
  TABS.includes(tab as Tab) && tab !== 'partitions' ? { tab: tab as Tab } : {};
