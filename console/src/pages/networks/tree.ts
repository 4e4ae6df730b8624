import type { Network } from '../../api/types.js';
import type { Family } from './prefix.js';

/** A line of the tree. */
export type TreeRow =
  | {
      readonly kind: 'group';
      readonly id: string;
      readonly partition: string;
      readonly count: number;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: 'network';
      readonly id: string;
      readonly network: Network;
      readonly depth: 1 | 2;
      /** Of those that match. */
      readonly children: number;
      readonly isOpen: boolean;
    };

export interface TreeFilter {
  readonly partition?: string;
  readonly family?: Family;
  readonly text: string;
  /** What the page calls a project; it is found by this name, too. */
  readonly projectName: (id: string) => string;
  /** IDs of groups and networks that are folded. */
  readonly closed: ReadonlySet<string>;
}

const collator = new Intl.Collator('en', { numeric: true });
const ORDER = ['super', 'underlay', 'external', 'child-shared', 'child'];

/** Super networks first; by name within a type. */
const byTypeAndName = (a: Network, b: Network): number =>
  ORDER.indexOf(a.networktype) - ORDER.indexOf(b.networktype) ||
  collator.compare(a.name || a.id, b.name || b.id) ||
  (a.id < b.id ? -1 : 1);

function groupBy(networks: readonly Network[], keyOf: (network: Network) => string): Map<string, Network[]> {
  const groups = new Map<string, Network[]>();
  for (const network of networks) {
    const group = groups.get(keyOf(network));
    if (group) group.push(network);
    else groups.set(keyOf(network), [network]);
  }
  return groups;
}

export const childrenByParent = (networks: readonly Network[]): ReadonlyMap<string, readonly Network[]> =>
  groupBy(
    networks.filter(({ parentnetworkid }) => parentnetworkid),
    ({ parentnetworkid }) => parentnetworkid!,
  );

/** Networks below their super networks, below their partitions. A network that matches brings its parent along. */
export function treeOf(networks: readonly Network[], filter: TreeFilter): readonly TreeRow[] {
  const known = new Set(networks.map(({ id }) => id));
  const children = childrenByParent(networks);
  const roots = networks.filter(({ parentnetworkid }) => !parentnetworkid || !known.has(parentnetworkid));
  const rows: TreeRow[] = [];
  const groups = groupBy(roots, ({ partitionid }) => partitionid ?? '');
  for (const [partition, members] of [...groups].sort(([a], [b]) => collator.compare(a, b))) {
    if (filter.partition !== undefined && partition !== filter.partition) continue;
    const below = members.sort(byTypeAndName).flatMap((network) => branchOf(network, children, filter));
    if (below.length === 0) continue;
    const id = `group ${partition}`;
    const isOpen = !filter.closed.has(id);
    rows.push({ kind: 'group', id, partition, count: below.length, isOpen });
    if (isOpen) rows.push(...below);
  }
  return rows;
}

function branchOf(network: Network, all: ReadonlyMap<string, readonly Network[]>, filter: TreeFilter): TreeRow[] {
  const { id } = network;
  const children = (all.get(id) ?? []).filter((child) => matches(child, filter)).sort(byTypeAndName);
  if (children.length === 0 && !matches(network, filter)) return [];
  const isOpen = !filter.closed.has(id);
  const row = (one: Network, depth: 1 | 2, count: number): TreeRow => ({
    ...{ kind: 'network', id: one.id, network: one, depth, children: count, isOpen },
  });
  return [row(network, 1, children.length), ...(isOpen ? children.map((child) => row(child, 2, 0)) : [])];
}

function matches({ id, name, projectid, prefixes, labels, vrf, networktype }: Network, filter: TreeFilter): boolean {
  if (filter.family && !prefixes.some((prefix) => prefix.includes(':') === (filter.family === 'IPv6'))) return false;
  const project = projectid ? filter.projectName(projectid) : '';
  const text = [
    id,
    name,
    projectid,
    project,
    ...prefixes,
    ...Object.keys(labels ?? {}),
    networktype,
    vrf ? `vrf${vrf}` : '',
  ]
    .join(' ')
    .toLowerCase();
  return filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
