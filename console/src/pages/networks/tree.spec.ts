import { describe, expect, it } from 'vitest';
import type { Network } from '../../api/types.js';
import { treeOf } from './tree.js';
import type { TreeFilter } from './tree.js';

const network = (id: string, networktype: string, parts: object = {}): Network =>
  ({
    id,
    name: id,
    networktype,
    prefixes: ['10.0.0.0/8'],
    labels: {},
    partitionid: 'a',
    ...parts,
  }) as unknown as Network;

const NETWORKS = [
  network('inet', 'external', { partitionid: '', prefixes: ['2001:db8::/32'] }),
  network('child-10', 'child', { parentnetworkid: 'super', projectid: 'blue', vrf: 42 }),
  network('child-9', 'child', { parentnetworkid: 'super' }),
  network('storage', 'child-shared', { parentnetworkid: 'super' }),
  network('under', 'underlay'),
  network('super', 'super'),
  network('orphan', 'child', { parentnetworkid: 'gone' }),
];

describe('the tree of networks', () => {
  const tree = (filter: Partial<TreeFilter> = {}) =>
    treeOf(NETWORKS, { text: '', projectName: (id) => `Team ${id}`, closed: new Set(), ...filter }).map((row) =>
      row.kind === 'group' ? `[${row.partition}]` : `${'-'.repeat(row.depth)}${row.id}`,
    );

  it('has children below super networks below partitions', () =>
    expect(tree()).toEqual([
      ...['[]', '-inet', '[a]', '-super', '--storage', '--child-9', '--child-10', '-under', '-orphan'],
    ]));

  it.each([
    [{ family: 'IPv6' as const }, ['[]', '-inet']],
    [{ partition: 'a', text: 'BLUE vrf42' }, ['[a]', '-super', '--child-10']],
    [{ text: 'team' }, ['[a]', '-super', '--child-10']],
    [{ text: 'nothing' }, []],
    [{ closed: new Set(['super', 'group ']) }, ['[]', '[a]', '-super', '-under', '-orphan']],
  ])('is filtered by %j', (filter, rows) => expect(tree(filter)).toEqual(rows));
});
