import { SegmentedControl, Text } from '@mantine/core';
import { Suspense, lazy, useMemo, useState } from 'react';
import { api } from '../../api/client.js';
import type { PartitionCapacity } from '../../api/types.js';
import { useLiveQuery } from '../../live/use-live-query.js';
import { Panel } from '../../components/panel.js';

const CapacityPlot = lazy(() => import('./capacity-plot.js'));

interface Counts {
  allocated: number;
  free: number;
  reserved: number;
  other: number;
  faulty: number;
}

const PARTS = [
  ['allocated', 'allocated'],
  ['free', 'free'],
  ['reserved', 'reserved'],
  ['other', 'not available'],
] as const;

/** Machines by partition or size as the server counts them: allocated, free, reserved for projects, faulty. */
export function Capacity({ partition }: { readonly partition: string | undefined }) {
  const [by, setBy] = useState<'partition' | 'size' | 'time'>('partition');
  const { data } = useLiveQuery({
    queryKey: ['capacity', partition ?? ''],
    queryFn: ({ signal }) =>
      api('post', '/v1/partition/capacity', {
        body: { projectid: '', ...(partition !== undefined && { id: partition }) },
        signal,
      }),
    kinds: ['machine', 'size', 'partition'],
    atMostEvery: 2000,
  });
  const rows = useMemo(() => (by === 'time' ? [] : countBy(data ?? [], by)), [data, by]);
  const most = Math.max(1, ...rows.map(([, counts]) => totalOf(counts)));
  return (
    <Panel
      title="Capacity"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="Capacity by"
          value={by}
          onChange={(value) => setBy(value)}
          data={[
            { value: 'partition', label: 'by partition' },
            { value: 'size', label: 'by size' },
            { value: 'time', label: 'over time' },
          ]}
        />
      }
    >
      {by === 'time' ? (
        <Suspense>
          <CapacityPlot />
        </Suspense>
      ) : (
        <>
          <p className="capacity-key" aria-hidden>
            {PARTS.map(([part, label]) => (
              <span key={part}>
                <i className={`bar-${part}`} /> {label}
              </span>
            ))}
          </p>
          <ul className="capacity" aria-label={`Capacity by ${by}`} tabIndex={0}>
            {rows.map(([name, counts]) => (
              <li key={name}>
                <Text size="sm" fw={600} component="span" truncate>
                  {name}
                </Text>
                <span className="bar" style={{ width: `${(100 * totalOf(counts)) / most}%` }} aria-hidden>
                  {PARTS.map(
                    ([part]) =>
                      counts[part] > 0 && <i key={part} className={`bar-${part}`} style={{ flexGrow: counts[part] }} />,
                  )}
                </span>
                <Text size="xs" c="dimmed" component="span">
                  {describe(counts)}
                </Text>
              </li>
            ))}
          </ul>
          {data?.length === 0 && (
            <Text size="sm" c="dimmed">
              There are no partitions.
            </Text>
          )}
        </>
      )}
    </Panel>
  );
}

const totalOf = ({ allocated, free, reserved, other }: Counts): number => allocated + free + reserved + other;

function describe(counts: Counts): string {
  const parts = PARTS.filter(([part]) => counts[part] > 0).map(([part, label]) => `${counts[part]} ${label}`);
  if (counts.faulty > 0) parts.push(`${counts.faulty} faulty`);
  return parts.join(' · ') || 'no machines';
}

function countBy(partitions: readonly PartitionCapacity[], by: 'partition' | 'size'): [string, Counts][] {
  const all = new Map<string, Counts>();
  for (const { id, servers } of partitions) {
    if (by === 'partition') all.set(id, { allocated: 0, free: 0, reserved: 0, other: 0, faulty: 0 });
    for (const server of servers) {
      const key = by === 'partition' ? id : server.size;
      const sum = all.get(key) ?? { allocated: 0, free: 0, reserved: 0, other: 0, faulty: 0 };
      const { allocated = 0, allocatable = 0, free = 0, unavailable = 0, faulty = 0 } = server;
      sum.allocated += allocated;
      sum.free += free;
      sum.reserved += Math.max(0, allocatable - free);
      sum.other += unavailable;
      sum.faulty += faulty;
      all.set(key, sum);
    }
  }
  return [...all].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
}
