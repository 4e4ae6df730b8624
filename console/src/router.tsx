import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { consolePath } from './api/base-path.js';
import { NotFound, PageError, PageLoading } from './layout/page-states.js';
import { Shell } from './layout/shell.js';
import { fleetSearch } from './pages/fleet/fleet-search.js';
import { allocateSearch } from './pages/allocate/allocate-search.js';
import { catalogueSearch } from './pages/catalogue/catalogue-search.js';
import { networksSearch } from './pages/networks/networks-search.js';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const fleet = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: fleetSearch,
  component: lazyRouteComponent(() => import('./pages/fleet/fleet-page.js'), 'FleetPage'),
});

const machine = createRoute({
  getParentRoute: () => root,
  path: 'machines/$id',
  component: lazyRouteComponent(() => import('./pages/machine/machine-page.js'), 'MachinePage'),
});

const allocate = createRoute({
  getParentRoute: () => root,
  path: 'allocate',
  validateSearch: allocateSearch,
  component: lazyRouteComponent(() => import('./pages/allocate/allocate-page.js'), 'AllocatePage'),
});

const networks = createRoute({
  getParentRoute: () => root,
  path: 'networks',
  validateSearch: networksSearch,
  component: lazyRouteComponent(() => import('./pages/networks/networks-page.js'), 'NetworksPage'),
});

const network = createRoute({
  getParentRoute: () => root,
  path: 'networks/$id',
  component: lazyRouteComponent(() => import('./pages/networks/network-page.js'), 'NetworkPage'),
});

const switches = createRoute({
  getParentRoute: () => root,
  path: 'switches',
  component: lazyRouteComponent(() => import('./pages/switches/switches-page.js'), 'SwitchesPage'),
});

const leaf = createRoute({
  getParentRoute: () => root,
  path: 'switches/$id',
  component: lazyRouteComponent(() => import('./pages/switches/switch-page.js'), 'SwitchPage'),
});

const catalogue = createRoute({
  getParentRoute: () => root,
  path: 'catalogue',
  validateSearch: catalogueSearch,
  component: lazyRouteComponent(() => import('./pages/catalogue/catalogue-page.js'), 'CataloguePage'),
});

const journal = createRoute({
  getParentRoute: () => root,
  path: 'journal',
  component: lazyRouteComponent(() => import('./pages/journal/journal-page.js'), 'JournalPage'),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: 'audit',
  component: lazyRouteComponent(() => import('./pages/audit/audit-page.js'), 'AuditPage'),
});

const fsck = createRoute({
  getParentRoute: () => root,
  path: 'fsck',
  component: lazyRouteComponent(() => import('./pages/fsck/fsck-page.js'), 'FsckPage'),
});

const health = createRoute({
  getParentRoute: () => root,
  path: 'health',
  component: lazyRouteComponent(() => import('./pages/health/health-page.js'), 'HealthPage'),
});

const tokens = createRoute({
  getParentRoute: () => root,
  path: 'tokens',
  component: lazyRouteComponent(() => import('./pages/tokens/tokens-page.js'), 'TokensPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    ...[fleet, machine, allocate, networks, network, switches, leaf],
    ...[catalogue, journal, audit, fsck, health, tokens],
  ]),
  basepath: consolePath,
  defaultPendingComponent: PageLoading,
  defaultErrorComponent: PageError,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
