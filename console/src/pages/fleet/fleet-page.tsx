import { Group, SegmentedControl, Select, Text, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Suspense, lazy, useMemo } from 'react';
import { Panel } from '../../components/panel.js';
import { useAll, useFreshness } from '../../live/use-live.js';
import { useIssues } from '../../machines/issues.js';
import { Capacity } from './capacity.js';
import type { FleetSearch } from './fleet-search.js';
import { IssueList } from './issue-list.js';
import { Legend } from './legend.js';
import { MachineTable } from './machine-table.js';
import { Tiles } from './tiles.js';
import { useSelection } from './use-selection.js';
import './fleet.css';

const EventPlot = lazy(() => import('./event-plot.js'));

/** All machines: where they are, what they do, what is wrong, and how many are left. */
export function FleetPage() {
  const search = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const issues = useIssues();
  const { machines, shown, selected, isSearching } = useSelection(search, issues);
  const partitions = useAll('partition');
  const isLoading = useFreshness() === 'loading';
  const change = (part: Partial<FleetSearch>): void =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const listed = useMemo(() => (selected ? shown.filter(({ id }) => selected.has(id)) : shown), [shown, selected]);
  const onState = (state: string | undefined): void => change({ state });
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Title order={1} size="h3">
          Fleet
        </Title>
        <Group gap="xs">
          {partitions.length > 1 && (
            <Select
              size="xs"
              aria-label="Partition"
              placeholder="All partitions"
              clearable
              searchable
              data={partitions.map(({ id }) => id).sort()}
              value={search.partition ?? null}
              onChange={(partition) => change({ partition: partition ?? undefined })}
            />
          )}
          <SegmentedControl
            size="xs"
            aria-label="View"
            value={search.view ?? 'tiles'}
            onChange={(view) => change({ view: view === 'table' ? 'table' : undefined })}
            data={[
              { value: 'tiles', label: 'Tiles' },
              { value: 'table', label: 'Table' },
            ]}
          />
        </Group>
      </Group>
      <div className="fleet-summary">
        <Capacity partition={search.partition} />
        <IssueList issues={issues} active={search.state} onChange={onState} />
        <Suspense fallback={<Panel title="Events per minute">{null}</Panel>}>
          <EventPlot />
        </Suspense>
      </div>
      <Legend machines={shown} issues={issues} active={search.state} onChange={onState} />
      <Text size="sm" c="dimmed" role="status" my="xs">
        {statusText(machines.length, selected === undefined ? undefined : listed.length, isLoading, isSearching)}
      </Text>
      {search.view === 'table' ? (
        <MachineTable machines={listed} />
      ) : (
        <Tiles machines={shown} selected={selected} issues={issues} />
      )}
    </>
  );
}

function statusText(all: number, found: number | undefined, isLoading: boolean, isSearching: boolean): string {
  if (isSearching) return 'Searching the serial numbers and addresses of BMCs…';
  if (found !== undefined) return `${found} of ${all} machines`;
  if (isLoading) return all === 0 ? 'Loading machines…' : `${all} machines so far…`;
  return all === 0 ? 'There are no machines yet. They appear when they boot from the network.' : `${all} machines`;
}
