import { Alert, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.js';
import type { Replica } from '../../api/types.js';
import { call } from '../../api/client.js';
import { DataTable, columnsOf } from '../../components/data-table.js';
import { Facts } from '../../components/facts.js';
import { reasonOf } from '../../components/notices.js';
import { PageHead } from '../../components/page-head.js';
import { Panel } from '../../components/panel.js';
import { Ago } from '../../components/time.js';
import { fetchHealth, fetchReady } from './health.js';
import './health.css';

/** Milliseconds between two requests. */
const INTERVAL = 5000;

const column = columnsOf<Replica>();
const columns = column.columns([
  column.accessor('id', {
    header: 'Replica',
    cell: ({ row: { original } }) => (
      <>
        <span className="mono">{original.host ?? original.id}</span>
        {original.self ? ' (responding)' : ''}
      </>
    ),
  }),
  column.accessor('alive', {
    header: 'State',
    cell: ({ row }) =>
      row.original.alive ? <span className="good">✓ alive</span> : <span className="bad">✕ silent</span>,
  }),
  column.accessor('version', { header: 'Version' }),
  column.accessor('started', { header: 'Started', cell: ({ row }) => <Ago time={row.original.started} /> }),
  column.accessor((replica) => replica.seen ?? '', {
    id: 'seen',
    header: 'Last heartbeat',
    cell: ({ row }) => <Ago time={row.original.seen} />,
  }),
  column.accessor((replica) => replica.differences.length, {
    id: 'differences',
    header: 'Differences',
    cell: ({ row: { original } }) =>
      original.differences.length === 0 ? (
        'none'
      ) : (
        <ul className="plain-list warn">
          {original.differences.map(({ what, message }) => (
            <li key={what}>
              {what}: {message}
            </li>
          ))}
        </ul>
      ),
  }),
]);

/** Whether the server can do its work, and the replicas on its database. */
export function HealthPage() {
  const health = useQuery({ queryKey: ['health'], queryFn: fetchHealth, refetchInterval: INTERVAL });
  const ready = useQuery({ queryKey: ['ready'], queryFn: fetchReady, refetchInterval: INTERVAL });
  const version = useQuery({ queryKey: ['version'], queryFn: () => api('get', '/v1/version'), staleTime: Infinity });
  const replicas = useQuery({
    queryKey: ['replicas'],
    queryFn: ({ signal }) => call<Replica[]>('get', 'replicas', { signal }),
    refetchInterval: INTERVAL,
  });
  const failure = health.error ?? ready.error ?? replicas.error;
  return (
    <>
      <PageHead title="Health" />
      {failure && (
        <Alert color="red" mb="sm" role="alert" title="The server did not answer">
          {reasonOf(failure)}
        </Alert>
      )}
      <div className="health-grid">
        <Panel title="This server">
          <Facts
            facts={[
              [
                'Health',
                health.data && <Verdict key="h" isGood={health.data.status === 'healthy'} text={health.data.status} />,
              ],
              ['Message', health.data?.message],
              [
                'Readiness',
                ready.data && (
                  <Verdict key="r" isGood={ready.data.ready} text={ready.data.ready ? 'ready' : 'not ready'} />
                ),
              ],
              ['Obstacles', ready.data?.obstacles.join('; ')],
              ['Version', version.data?.version],
              ['Revision', version.data?.revision],
              ['Built', version.data?.builddate],
            ]}
          />
        </Panel>
        <Panel title="Services">
          <ul className="services">
            {Object.entries(health.data?.services ?? {}).map(([name, { status, message }]) => (
              <li key={name}>
                <strong>{name}</strong>
                <Verdict isGood={status === 'healthy'} text={status} />
                <Text size="sm" c="dimmed" span>
                  {message}
                </Text>
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title="Replicas" className="all-columns">
          <DataTable
            label="Replicas"
            columns={columns}
            rows={replicas.data ?? []}
            idOf={({ id }) => id}
            empty="No replica has reported yet."
          />
        </Panel>
      </div>
    </>
  );
}

const Verdict = ({ isGood, text }: { readonly isGood: boolean; readonly text: string }) => (
  <span className={isGood ? 'good' : 'bad'}>
    <span aria-hidden>{isGood ? '✓' : '✕'} </span>
    {text}
  </span>
);
