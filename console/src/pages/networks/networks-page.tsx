import { Button, SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { createContext, useContext, useMemo, useState } from 'react';
import { useMay } from '../../api/role.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { ProjectName, useProjectNames } from '../../components/names.js';
import { PageHead } from '../../components/page-head.js';
import { useAll, useFreshness } from '../../live/use-live.js';
import { AllocateNetworkDialog, CreateNetworkDialog } from './network-dialogs.js';
import type { NetworksSearch } from './networks-search.js';
import { childrenByParent, treeOf } from './tree.js';
import type { TreeRow } from './tree.js';
import { NetworkBadges, UsageBar } from './usage.js';
import './networks.css';

const TreeContext = createContext<(id: string) => void>(() => undefined);

const column = columnsOf<TreeRow>();
const columns = column.columns([
  column.accessor('id', { header: 'Network', enableSorting: false, cell: ({ row }) => <Branch row={row.original} /> }),
  column.accessor((row) => (row.kind === 'network' ? row.network.networktype : ''), {
    id: 'type',
    header: 'Type',
    enableSorting: false,
    cell: ({ row: { original } }) => original.kind === 'network' && <NetworkBadges network={original.network} />,
  }),
  column.accessor((row) => (row.kind === 'network' ? row.network.prefixes.join() : ''), {
    id: 'prefixes',
    header: 'Prefixes',
    enableSorting: false,
    cell: ({ row: { original } }) =>
      original.kind === 'network' && (
        <ul className="tag-list">
          {original.network.prefixes.map((prefix) => (
            <li key={prefix} className="mono">
              {prefix}
            </li>
          ))}
        </ul>
      ),
  }),
  column.accessor((row) => (row.kind === 'network' ? (row.network.vrf ?? 0) : 0), {
    id: 'vrf',
    header: 'VRF',
    enableSorting: false,
    cell: ({ row: { original } }) => (original.kind === 'network' && original.network.vrf) || '',
  }),
  column.accessor((row) => (row.kind === 'network' ? (row.network.projectid ?? '') : ''), {
    id: 'project',
    header: 'Project',
    enableSorting: false,
    cell: ({ row: { original } }) =>
      original.kind === 'network' && original.network.projectid && <ProjectName id={original.network.projectid} />,
  }),
  column.accessor('kind', {
    id: 'usage',
    header: 'Used',
    enableSorting: false,
    cell: ({ row: { original } }) => original.kind === 'network' && <UsageBar network={original.network} />,
  }),
]);

/** The name of a network, indented below its super network and partition; folds what is below it. */
function Branch({ row }: { readonly row: TreeRow }) {
  const toggle = useContext(TreeContext);
  const isGroup = row.kind === 'group';
  const name = isGroup ? row.partition || 'All partitions' : row.network.name || row.network.id;
  const hasChildren = isGroup || row.children > 0;
  return (
    <span className={`branch branch-${isGroup ? 0 : row.depth}`}>
      {hasChildren ? (
        <button
          type="button"
          className="fold"
          aria-expanded={row.isOpen}
          aria-label={`What is below ${name}`}
          onClick={() => toggle(row.id)}
        >
          {row.isOpen ? '▾' : '▸'}
        </button>
      ) : (
        <span className="fold" />
      )}
      {isGroup ? (
        <strong>{name}</strong>
      ) : (
        <Link to="/networks/$id" params={{ id: row.network.id }} preload={false}>
          {name}
        </Link>
      )}
      {!isGroup && row.children > 0 && (
        <Text size="xs" c="dimmed" span>
          {row.children} {row.children === 1 ? 'child' : 'children'}
        </Text>
      )}
    </span>
  );
}

/** All networks, below their super networks and partitions. */
export function NetworksPage() {
  const search = useSearch({ from: '/networks' });
  const { partition, family, filter = '' } = search;
  const navigate = useNavigate({ from: '/networks' });
  const networks = useAll('network');
  const partitions = useAll('partition');
  const isLoading = useFreshness() === 'loading';
  const projectName = useProjectNames();
  const [isEditor, isAdmin] = [useMay('editor'), useMay('admin')];
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<'allocate' | 'create'>();
  const change = (part: Partial<NetworksSearch>): void =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const rows = useMemo(
    () => treeOf(networks, { partition, family, text: filter, projectName, closed }),
    [networks, partition, family, filter, projectName, closed],
  );
  const supers = useMemo(() => childrenByParent(networks).size, [networks]);
  const toggle = (id: string): void =>
    setClosed((old) => new Set(old.has(id) ? [...old].filter((one) => one !== id) : [...old, id]));
  return (
    <>
      <PageHead title="Networks">
        {partitions.length > 1 && (
          <Select
            size="xs"
            aria-label="Partition"
            placeholder="All partitions"
            clearable
            data={partitions.map(({ id }) => id).sort()}
            value={partition ?? null}
            onChange={(value) => change({ partition: value ?? undefined })}
          />
        )}
        <SegmentedControl
          size="xs"
          aria-label="Address family"
          value={family ?? 'all'}
          onChange={(value) => change({ family: value === 'all' ? undefined : value })}
          data={[{ value: 'all', label: 'Both families' }, 'IPv4', 'IPv6']}
        />
        <TextInput
          size="xs"
          w={210}
          aria-label="Filter"
          placeholder="Name, project, prefix, label, vrf42"
          value={filter}
          onChange={({ currentTarget: { value } }) => change({ filter: value || undefined })}
        />
        {isEditor && (
          <Button size="xs" onClick={() => setDialog('allocate')}>
            Allocate a child network…
          </Button>
        )}
        {isAdmin && (
          <Button size="xs" variant="default" onClick={() => setDialog('create')}>
            New network…
          </Button>
        )}
      </PageHead>
      <Text size="sm" c="dimmed" role="status" mb="xs">
        {networks.length === 0 && isLoading
          ? 'Loading networks…'
          : `${networks.length} networks, ${networks.filter(({ shared }) => shared).length} shared; ${supers} with children`}
      </Text>
      <TreeContext value={toggle}>
        <DataTable
          label="Networks"
          columns={columns}
          rows={rows}
          idOf={({ id }) => id}
          empty="No network matches."
          height="calc(100vh - 190px)"
        />
      </TreeContext>
      {dialog === 'allocate' && <AllocateNetworkDialog partition={partition} onClose={() => setDialog(undefined)} />}
      {dialog === 'create' && <CreateNetworkDialog onClose={() => setDialog(undefined)} />}
    </>
  );
}
