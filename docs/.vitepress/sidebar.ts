import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DefaultTheme } from 'vitepress';
import { ROOT } from './repository.js';

type Item = DefaultTheme.SidebarItem;

/** Pages by section. Titles are the headings of the pages; a page that no section names fails the build. */
export function sidebar(): Item[] {
  const items: Item[] = [
    {
      text: 'Guide',
      items: [
        ...pages(
          'guide',
          'install',
          'kubernetes',
          'operate',
          'console',
          'backup',
          'metalctl',
          'upgrade',
          'troubleshooting',
        ),
        {
          text: 'Operations',
          collapsed: false,
          items: pages(
            'guide',
            'alerts',
            'doctor',
            'tracing',
            'sizing',
            'high-availability',
            'certificates',
            'key-rotation',
          ),
        },
        { text: 'Integrations', collapsed: false, items: pages('guide', 'gardener', 'cluster-api') },
        {
          text: 'In depth',
          collapsed: false,
          items: pages(
            'guide',
            'watch',
            'explain',
            'allocate-many',
            'import',
            'broker',
            'partition-agent',
            'simulate',
            'image-cache',
            'serial-console',
            'installers',
            'grpc',
            'encryption',
            'fsck',
          ),
        },
      ],
    },
    {
      text: 'Concepts',
      items: pages('concepts', 'design', 'life-of-a-machine', 'networks', 'command-journal', 'storage', 'concurrency'),
    },
    page('settings'),
    page('api'),
    { ...page('performance'), items: pages('performance', 'results') },
    { text: 'Reference', collapsed: true, items: reference() },
    { text: 'Decisions', collapsed: true, items: decisions() },
    {
      text: 'Contributing',
      items: [
        ...pages('contributing', 'getting-started', 'add-a-feature', 'testing', 'debugging', 'releases'),
        { text: 'Rules and submission', link: '/source/CONTRIBUTING' },
      ],
    },
    page('glossary'),
  ];
  complain(items);
  return items;
}

const REFERENCE: Readonly<Record<string, readonly string[]>> = {
  'HTTP API': ['http', 'authentication', 'client-conventions', 'required-fields', 'catalog-conventions', 'users'],
  Machines: [
    ...['machine-model', 'machine-endpoints', 'machine-queries', 'machine-allocation', 'machine-networks', 'firewalls'],
    ...['machine-release', 'machine-power', 'machine-boot', 'provisioning-events', 'machine-issues', 'bmc-reports'],
    'machine-legacy',
  ],
  Networks: [
    'networks',
    'private-shared-networks',
    'ip-addresses',
    'ipam',
    'number-pools',
    'network-acceptance',
    'vpn',
  ],
  Catalogue: [
    ...['partitions', 'switches', 'sizes', 'size-reservations', 'size-image-constraints', 'images', 'image-cache'],
    ...['filesystem-layouts', 'firmware', 'projects-and-tenants'],
  ],
  Clients: ['metalctl', 'gardener', 'cloud-controller-manager', 'cluster-api', 'other-clients', 'client-acceptance'],
  Server: ['process', 'grpc', 'message-bus', 'partition-services', 'audit', 'health-and-version', 'metrics'],
};

/** The reference by subject; pages of no subject come last. */
function reference(): Item[] {
  const known = new Set(Object.values(REFERENCE).flat());
  const others = namesIn('reference').filter((name) => !known.has(name));
  const groups = { ...REFERENCE, ...(others.length > 0 ? { Others: others } : {}) };
  return Object.entries(groups).map(([text, names]) => ({
    text,
    collapsed: true,
    items: pages('reference', ...names),
  }));
}

const decisions = (): Item[] =>
  namesIn('adr').map((name) => {
    const { text = '', link } = page(`adr/${name}`);
    return {
      text: text.replace(/^(ADR )?(\d+)[.:]? /, (_, _adr, number: string) => `${Number(number)}. `),
      ...(link !== undefined && { link }),
    };
  });

const pages = (folder: string, ...names: readonly string[]): Item[] => names.map((name) => page(`${folder}/${name}`));

function page(path: string): Item {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(ROOT, 'docs', `${path}.md`), 'utf8')) ?? [];
  return { text: title?.replace(/`/g, '') ?? path, link: `/${path}` };
}

const namesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, 'docs', folder))
    .filter((file) => file.endsWith('.md') && file !== 'index.md')
    .map((file) => file.slice(0, -'.md'.length))
    .sort();

/** Ends with an error that names the pages of the sections which cannot be reached from the sidebar. */
function complain(items: readonly Item[]): void {
  const linked = new Set(linksIn(items));
  const all = ['guide', 'concepts', 'contributing'].flatMap((folder) =>
    namesIn(folder).map((name) => `/${folder}/${name}`),
  );
  const lost = all.filter((link) => !linked.has(link));
  if (lost.length > 0) throw new Error(`docs/.vitepress/sidebar.ts lacks ${lost.join(', ')}`);
}

const linksIn = (items: readonly Item[]): string[] =>
  items.flatMap(({ link, items: inner = [] }) => [...(link === undefined ? [] : [link]), ...linksIn(inner)]);
